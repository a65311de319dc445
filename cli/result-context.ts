/** Whoever called, as results know them. */
export interface ResultContext {
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  /** Whether someone sits at standard input. */
  readonly interactive: boolean;
  readonly notice: (text: string) => void;
  /** Asks whoever sits there a question that is answered with yes or no. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Called before something else takes the terminal. */
  readonly suspendProgress: () => void;
}
