import { withMutants } from "./mutant-search.ts";

withMutants("every check of the actor and of its circles, left out, is found by the walk", "checks");
