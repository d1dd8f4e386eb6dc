import { withMutants } from "./mutant-search.ts";

withMutants("every policy by which something about models is written, dropped or widened, is found by the walk", "writing-of-models");
