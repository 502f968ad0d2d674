"""Words that people type for words of the world: inflections and synonyms, and look-alikes that mean something else.

`SYNONYMS` has one line for each word of the vocabulary: the word, then what is read as it. A pocket folder gets the
lines whose word its vocabulary holds. `LOOK_ALIKES` are common words one edit away from a word of the vocabulary; they
are never taken for typing errors.
"""

ENGLISH = """
dog: dogs hound hounds pup pups puppies doggies doggie doggo pooch mutt retriever beagle terrier poodle dachshund
cat: cats kitties kittens kittycat tomcat tabby feline
rabbit: rabbits bunnies hares
bird: birds birdies sparrows robin finch canary songbird parrot pigeon
fox: foxes vixen
bear: bears grizzly teddy cubs
horse: horses stallion mare ponies foals colt
duck: ducks ducklings ducky mallard drake
fish: fishes goldfish fishy
penguin: penguins
robot: robots androids droid bot
car: cars automobiles auto vehicle taxi sedan convertible
red: crimson scarlet ruby reddish
orange: oranges tangerine
yellow: golden gold lemon yellowish
green: emerald lime greenish olive
blue: navy azure cyan turquoise bluish teal
purple: lilac lavender mauve magenta indigo
white: snowwhite whitish
black: ebony blackish
pink: fuchsia pinkish
brown: chestnut tan brownish beige
runs: run ran dashes dash rushes jogs jog sprint race
running: dashing rushing jogging
walks: walk walked wanders wander strides stroll steps
walking: wandering striding
jumps: jump jumped leap leapt hop bounce skips skip
jumping: skipping
stands: stand stood
standing: idle
stays: stay stayed
waits: wait waited
sits: sit sat
sleeps: sleep slept nap snooze dozes doze rests rest snores
sleeping: dozing resting snoring napped
flies: fly flew soar hovers hover glides glide
flying: hovering gliding
swims: swim swam paddle dives dive
swimming: diving
floats: float
spins: spin spun rotates rotate twirl whirls
spinning: rotating whirling
tumbles: tumble
waves: wave waved greets greet
waving: greeting
dances: dance danced
gallops: gallop
drives: drive
hill: hills hillside mound hilltop knoll
meadow: meadows lawn pasture prairie
grass: grassland
field: fields
beach: beaches coast
seaside: seashore shoreline
sand: sands
snow: snowdrift ice
city: cities downtown metropolis
street: streets avenue
town: towns village
road: roads highway
forest: forests jungle woodland
woods: wood
trees: tree
desert: deserts
dunes: sahara
ocean: oceans
sea: seas seabed
underwater: undersea submerged
moon: moons lunar
space: cosmos
farm: farms ranch
barn: barns
lake: lakes pond lakeside
day: days noon midday
morning: mornings dawn sunrise
sunset: sunsets
evening: evenings
dusk: twilight
night: nights nighttime midnight
sunny: bright
rain: raindrops drizzle downpour
raining: drizzling pouring
rainy: stormy wet
snowing: blizzard
fog: haze
foggy: misty hazy
hat: hats cap caps
scarf: scarves scarfs shawl
glasses: eyeglasses spectacles goggles
sunglasses: shades
balloon: balloons
camera: cameras
pans: pan
panning: tracking
left: leftwards leftward
right: rightwards rightward
towards: toward
happily: happy joyfully cheerfully
small: tiny mini
little: baby
cute: adorable sweet lovely
fast: quickly rapidly swiftly quick
slowly: gently
near: beside
"""

ITALIAN = """
cane: cani cagna cagnolone segugio bassotto barboncino bau
cagnolino: cagnolini cagnolina cuccioli cucciolo
gatto: gatti gattone felino gattona
gatta: gatte
gattino: gattini gattina
micio: mici micia micetto
coniglio: conigli coniglia
coniglietto: coniglietti coniglietta
lepre: lepri leprotto
uccello: uccelli volatile pappagallo piccione
uccellino: uccellini uccelletto canarino pettirosso
passero: passeri passerotto
volpe: volpi
volpacchiotto: volpina volpino
orso: orsi orsa
orsetto: orsetti
cavallo: cavalli cavalla stallone
puledro: puledri
papera: papere papero paperi
anatra: anatre
paperella: paperelle
anatroccolo: anatroccoli
pesce: pesci
pesciolino: pesciolini pesciolina
pinguino: pinguini
robot: robottino robottini
androide: androidi
macchina: macchine vettura veicolo
automobile: automobili
macchinina: macchinine
rosso: rossi scarlatto vermiglio
rossa: rosse scarlatta
arancione: arancioni arancio
giallo: gialli dorato oro
gialla: gialle dorata
verde: verdi
blu: bluette
azzurro: azzurri celeste turchese
azzurra: azzurre
viola: lilla porpora
bianco: bianchi candido
bianca: bianche candida
nero: neri
nera: nere
rosa: rosato fucsia
marrone: marroni castano bruno bruna
corre: correre corrono corri corro corse scappa scappano
correndo: scappando
cammina: camminare camminano camminava
passeggia: passeggiare passeggiano
salta: saltare saltano
saltella: saltellare saltellano
sta: stanno stare
fermo: fermi immobile
ferma: ferme
aspetta: aspettare aspettano attende
siede: sedersi siedono sedere
seduto: seduti
seduta: sedute
dorme: dormire dormono dormi
riposa: riposare riposano
vola: volare volano
plana: planare planano
nuota: nuotare nuotano
galleggia: galleggiare galleggiano
gira: girare girano ruota
rotola: rotolare rotolano
saluta: salutare salutano
balla: ballare ballano
danza: danzare danzano
collina: colline colle
collinetta: collinette
prato: prati radura
erba: erbe
erbosa: erboso
spiaggia: spiagge
sabbia: sabbie
mare: mari
neve: nevi ghiaccio
città: citta cittadina metropoli
strada: strade
via: vie viale
bosco: boschi boschetto
foresta: foreste giungla
alberi: albero
deserto: deserti sahara
duna: dunetta
oceano: oceani
acqua: acque
luna: lune
spazio: spazi cosmo
fattoria: fattorie cascina
fienile: fienili
lago: laghi laghetto stagno
giorno: giorni mezzogiorno
mattina: mattino alba mattine
tramonto: tramonti
sera: sere serata
imbrunire: crepuscolo
notte: notti mezzanotte
pioggia: piogge temporale
piove: piovere pioviggina
nevica: nevicare
nebbia: nebbie
cappello: cappelli cappellino berretto
sciarpa: sciarpe
occhiali: occhialini
palloncino: palloncini
telecamera: telecamere
sinistra: sinistro
piccolo: piccoli piccino
piccola: piccole piccina
simpatico: simpatici carino carini
simpatica: simpatiche carina carine
felice: felici felicemente allegramente
veloce: velocemente rapido rapida veloci
piano: lentamente adagio
"""

SYNONYMS = (ENGLISH, ITALIAN)

LOOK_ALIKES = """
aiuto amare arrow baron barked beard beech bella bench biondo bitten blake blank bleach block blood blown booking
booms borsa botte bowl brain brains brawn breach bring broad bumping bumps burned cadet calling calore camel cancello
candle candy canne canoe capelli capello cappella cappotto capriolo carne carton castello caves cello cento chalk
charm chick child chill choice chops chore class classes clean clever cooking collana colpe colpo consiglio corda
corso corta corte crane cresta crown dessert diner dolore doses down drain drains drown dumping dumps eight failing
farsa fatta fatto feast feather fellow fellows festa fiend fight filling files firma fitting flake flats flood focal
folding forma forme fosco fossa fosso fries frost frown frying funny galla gallo gains gallina glass glassy going
grain grains grasp grato greed greek greet gross grossa grosso grotta grown guppy handy having heaps hearing heated
hitting hoping hopes horde house hollows jello knight knowing lampo lampi largo later leading leaks leaning leans
leather lente light locking lotte lunga lying macchia madre malta mango manto maria marked marrying marte matta matto
mento mitten moist mondo morsa morso morta mossa mosso mourning mouse nerve nervo never norme packed palla pants parto
passaggio patto peach perde perso pesca pesta pezzo phony place places planning plane plant plans plaza popping poppy
porre porta porto posso posta priva prosa pumping pumps puddles puppet quite rabbi rails raising range ratto reach
reading ring river rival roaring roars roles rooms rissa ruins ruota saddles salata salita salsa santa santo saves
saving scare scars scarpa scarpe scary score seeds sera seria serra setting sfera shall share sheep shoe shoes shopping
shops short showing shows sight sites skins slack smell snore snake soggy solar solve spade spain spans spare spending
spera spice spine stairs stall stanza stare stares start starts stella store strands swing swings tatto talking talks
teach tempio tento testa thief think though three tight tondo topping torre torso torta towel tower trace traces train
training trains trattoria trick tries trolls truck tunes tuned udder umano valuta vento verme viene villa volta volte
wafer wages waist waking walls wanting wants whale whether whole witty wives words worse writing write yield
"""
