import { CHECK_STEPS } from "./check-steps.ts";
import { runSteps } from "./step.ts";

// `npm run check`: everything is run, so that one call shows all that is wrong.
process.exitCode = (await runSteps(CHECK_STEPS)) > 0 ? 1 : 0;
