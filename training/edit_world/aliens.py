"""Things outside the world, by what they stand for; half of their words stay unknown to the tokenizer."""

from __future__ import annotations

from training.world.lexicon_italian import Noun


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.replace("\n", " ").split(",") if item.strip())


def _nouns(masculine: str, feminine: str) -> tuple[Noun, ...]:
    return (*(Noun(n) for n in _list(masculine)), *(Noun(n, "f") for n in _list(feminine)))


ENGLISH: dict[str, tuple[str, ...]] = {
    "object": _list("""
        elephant, lion, tiger, cow, pig, sheep, wolf, monkey, snake, boy, girl, man, woman, baby, house, tree, table,
        phone, train, plane, boat, bicycle, truck, chair, mountain, river, bridge, cup, computer, shoe, flower, window,
        wall, roof, door, grandmother, teacher, king, queen, soldier, football, guitar, piano, lamp, bottle, cake, ball,
        mouse, frog, spider, turtle, whale, giraffe, zebra, camel, parrot, chicken, crocodile, kangaroo, butterfly,
        text, title, logo, subtitle, music, sound, volume, price, file, page, email, song, story
    """),
    "colour": _list("""
        grey, gray, gold, golden, silver, turquoise, beige, magenta, cyan, transparent, invisible, striped, spotted,
        rainbow, furry, bigger, smaller, taller, fat, thin, old, young, happy, sad, angry, beautiful, ugly, scary,
        shiny, wet, hungry, tired, famous, real, realistic, human, metallic, wooden, huge, tiny, hairy, bald, free,
        expensive, cheap, funny, strong, clever, louder, softer
    """),
    "subject": _list("""
        dragon, unicorn, elephant, lion, tiger, cow, pig, sheep, wolf, monkey, snake, dinosaur, person, man, woman,
        child, girl, boy, pirate, astronaut, princess, wizard, ghost, zombie, monster, tree, house, chair, spaceship,
        train, bicycle, boat, helicopter, whale, shark, octopus, spider, butterfly, giraffe, zebra, panda, koala, frog,
        turtle, chicken, mermaid, vampire, superhero, football player, sandwich, statue, camel, hamster, pizza, banana,
        rocket, motorbike, tractor
    """),
    "place": _list("""
        paris, rome, london, new york, japan, italy, kitchen, bedroom, school, office, hospital, church, stadium,
        supermarket, restaurant, castle, museum, library, airport, station, jungle, volcano, cave, mars, jupiter,
        garden, swimming pool, playground, bathroom, prison, theatre, disneyland, heaven, basement, attic, elevator,
        factory, garage, tokyo, venice, shop, bank
    """),
    "time": _list("""
        tomorrow, yesterday, winter, autumn, spring, christmas, easter, halloween, monday, friday, january, july, 1950,
        the past, the future, the middle ages, next year, last week, my birthday, the holidays, the stone age, five
        minutes
    """),
    "weather": _list("""
        tornado, thunderstorm, hurricane, lightning, rainbow, hail, windy, wind, hot, cold, earthquake, sandstorm, fire,
        smoke, explosion, flood, volcano ash, meteor shower, fireworks, confetti, leaves, aurora, heatwave, freezing,
        rain of frogs, money, flowers, stars wars
    """),
    "accessory": _list("""
        sword, crown, umbrella, tie, necklace, shoes, boots, jacket, dress, shirt, watch, ring, helmet, mask, backpack,
        bag, guitar, flag, wig, beard, moustache, cape, skirt, gloves, belt, bow tie, earrings, cigar, pipe, camera,
        phone, gun, flower, flower crown, saddle, collar, leash, bone, carrot, tail, second head, friend, tattoo, bell,
        mustache, socks, trousers, coat, microphone, book, ice cream, surfboard, skateboard, logo, caption, title,
        subtitles, text, watermark, music, sound, voice, tree, house, cloud, sun, bench, river, another dog, second cat
    """),
    "action": _list("""
        eat, eating, drink, drinking, read, reading, sing, singing, cry, crying, laugh, laughing, talk, talking, fight,
        fighting, cook, cooking, drive a truck, kiss, kissing, write, writing, climb, climbing, study, studying, bark,
        barking, play football, play the piano, explode, exploding, disappear, melt, grow, shrink, smile, smiling, ski,
        skiing, shout, work, working, dig, digging, fishing, smoke, shave, paint a wall, juggle, box, pray, hunt
    """),
    "style": _list("""
        oil painting, pixel art, anime, manga, comic, comic book, cubist painting, van gogh, picasso, pop art, cartoon,
        photo, photograph, realistic, 3d, origami, lego, clay, claymation, vintage, sepia, neon, cyberpunk, poem, story,
        song, gif, pdf, excel file, website, minecraft, disney movie, stained glass, mosaic, fresco, graffiti, hologram,
        thermal camera, x ray, blueprint, emoji, powerpoint
    """),
    "camera": _list("""
        drone, tilt, rotation, selfie, fisheye, dolly, crane shot, rotate, spin, shake, crash, fly over, aerial view,
        microphone, flash, tripod, explode, focus, blur, bokeh, record sound, film me
    """),
}

ITALIAN: dict[str, tuple[Noun, ...]] = {
    "object": _nouns(
        """elefante, leone, maiale, lupo, serpente, bambino, uomo, re, treno, telefono, albero, tavolo, ponte, fiume,
        computer, fiore, muro, tetto, soldato, pianoforte, libro, bicchiere, topo, ragno, coccodrillo, pappagallo,
        canguro, testo, titolo, logo, volume, prezzo, file, suono, nonno, maestro, pallone, divano, camion, aereo,
        palazzo, dottore, ragazzo, asino, toro, gallo, cammello, messaggio, sottotitolo""",
        """tigre, mucca, pecora, scimmia, bambina, donna, regina, casa, sedia, barca, bicicletta, montagna, bottiglia,
        torta, palla, finestra, porta, nonna, maestra, chitarra, lampada, rana, tartaruga, balena, giraffa, zebra,
        gallina, farfalla, musica, canzone, pagina, mail, voce, storia, scarpa, borsa, chiave, ragazza, moto, gru""",
    ),
    "colour": _nouns(
        """grigio, dorato, argento, turchese, beige, magenta, trasparente, invisibile, a righe, a pois, arcobaleno,
        più grande, più piccolo, più alto, grasso, magro, vecchio, giovane, felice, triste, arrabbiato, bello, brutto,
        lucido, bagnato, stanco, famoso, vero, realistico, umano, di legno, di metallo, enorme, minuscolo, peloso,
        calvo, libero, caro, simpatico, forte, intelligente, affamato, buono, cattivo, celeste, bordeaux""",
        "",
    ),
    "subject": _nouns(
        """drago, unicorno, elefante, leone, maiale, lupo, serpente, dinosauro, uomo, bambino, pirata, astronauta,
        mago, fantasma, zombie, mostro, albero, treno, elicottero, squalo, polpo, ragno, panda, koala, vampiro,
        supereroe, calciatore, panino, razzo, trattore, camion, cammello, criceto, alieno, cavaliere, cuoco, topo""",
        """tigre, mucca, pecora, scimmia, donna, principessa, strega, casa, sedia, astronave, bicicletta, barca,
        balena, farfalla, giraffa, zebra, rana, tartaruga, gallina, sirena, statua, pizza, banana, moto, fata, persona,
        bambina, mongolfiera""",
    ),
    "place": _nouns(
        """parigi, roma, londra, giappone, italia, ufficio, ospedale, stadio, supermercato, ristorante, castello,
        museo, aeroporto, giardino, vulcano, marte, teatro, garage, paradiso, venezia, bagno, negozio, treno""",
        """cucina, camera da letto, scuola, chiesa, biblioteca, stazione, giungla, grotta, africa, piscina, prigione,
        fabbrica, cantina, soffitta, banca, america, discoteca, palestra, farmacia, piazza san pietro""",
    ),
    "time": _nouns(
        """domani, ieri, inverno, autunno, natale, lunedì, venerdì, gennaio, luglio, 1950, passato, futuro, medioevo,
        anno prossimo, ferragosto, carnevale, capodanno, weekend""",
        "primavera, estate, pasqua, settimana scorsa, epoca romana, prossima settimana, preistoria",
    ),
    "weather": _nouns(
        """tornado, temporale, uragano, fulmine, arcobaleno, vento, ventoso, caldo, freddo, terremoto, fuoco, fumo,
        diluvio, gelo, incendio, fuochi d'artificio, coriandoli, foglie secche, afa, tuoni""",
        "grandine, esplosione, alluvione, tempesta di sabbia, aurora boreale, lava, pioggia di soldi",
    ),
    "accessory": _nouns(
        """spada, ombrello, anello, casco, zaino, vestito, orologio, mantello, guinzaglio, collare, osso, fiore,
        fucile, libro, microfono, gelato, titolo, testo, logo, sottotitolo, albero, sole, ponte, amico, tatuaggio,
        secondo cane, altro gatto, campanello, papillon, braccialetto, stivale, cappotto, telefono, suono, rossetto""",
        """corona, cravatta, collana, scarpa, giacca, camicia, maschera, borsa, chitarra, bandiera, parrucca, barba,
        gonna, cintura, carota, coda, seconda testa, casa, nuvola, panchina, musica, voce, scritta, pistola, sella,
        macchina fotografica, tavola da surf, pipa, rosa rossa, didascalia""",
    ),
    "action": _nouns(
        """mangiare, mangi, bere, beva, leggere, legge, cantare, canti, piangere, piange, ridere, rida, parlare, parli,
        litigare, combattere, cucinare, cucina, guidare un camion, baciare, scrivere, scrive, arrampicarsi, studiare,
        abbaiare, giocare a calcio, suonare il piano, esplodere, esplode, sparire, sciogliersi, crescere, sorridere,
        sciare, gridare, lavorare, scavare, pescare, fumare, pregare, telefonare, russare""",
        "",
    ),
    "style": _nouns(
        """olio su tela, pixel art, anime, manga, fumetto, quadro cubista, quadro di van gogh, cartone animato,
        origami, lego, mosaico, affresco, graffito, seppia, neon, pdf, poema, racconto, gif, sito web, minecraft,
        ologramma, film disney, quadro di picasso, vetro colorato, emoji, foglio di calcolo""",
        "foto realistica, fotografia, pop art, plastilina, vetrata, canzone, poesia, presentazione, storia",
    ),
    "camera": _nouns(
        """drone, selfie, grandangolo, volo, giro completo, tremolio, scatto, treppiede, flash, fuoco, suono""",
        "rotazione, ripresa aerea, sfocatura, vista dall'alto, gru, messa a fuoco, registrazione",
    ),
}
