/** A class and its probability. */
export interface ClassShare {
  label: string;
  probability: number;
}

/** What the model says of one review, and why. */
export interface Answer {
  label: string;
  /** Too close to call: `label` is what it would have been. */
  unsure: boolean;
  probabilities: ClassShare[];
  /** The class that values above 0 speak for. */
  toward: string;
  /** The review in pieces, each with what its words added to the score. */
  pieces: { text: string; value: number }[];
  /** The terms that did most, strongest first. */
  words: { term: string; value: number }[];
  n_unknown: number;
}

/** A row that was answered where the model was made. */
export interface GoldenRow {
  text: string;
  label: string;
  probabilities: Record<string, number>;
}

export interface Steps {
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export class ReviewPredictor {
  static open(program: Uint8Array, model: Uint8Array): Promise<ReviewPredictor>;
  about: { labels: string[]; n_terms: number; engine_version: string; may_be_unsure: boolean };
  answer(text: string): Answer;
  readTable(file: Blob, steps?: Steps): Promise<{ columns: { name: string; example: string }[]; text: number; n_rows: number }>;
  /** The file last read, as CSV with label, probability and words beside each row. */
  answerTable(file: Blob, column: number, steps?: Steps): Promise<Blob>;
  check(rows: GoldenRow[]): { n_equal: number; n_rows: number };
}

/** The model of this package, ready to answer. */
export function open(): Promise<ReviewPredictor>;
