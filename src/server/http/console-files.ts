export type ConsoleAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer };
export type ConsoleFiles = {
  readonly answer: (request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }) => ConsoleAnswer | undefined;
};
