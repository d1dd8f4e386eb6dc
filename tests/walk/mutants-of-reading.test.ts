import { withMutants } from "./mutant-search.ts";

withMutants("every policy by which something is read, dropped or widened, is found by the walk", "reading");
