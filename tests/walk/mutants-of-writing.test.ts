import { withMutants } from "./mutant-search.ts";

withMutants("every policy by which something is written, dropped or widened, is found by the walk", "writing");
