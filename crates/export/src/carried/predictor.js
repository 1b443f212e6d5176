// One model that answers, in a browser or in node: talks to the small wasm program beside it. Nothing is ever sent anywhere.
const MOST_ROWS_AT_ONCE = 1 << 18; // bytes of a table between two looks at Stop

class ReviewPredictor {
  #wasm;

  // `program`: bytes of the wasm file; `model`: bytes of the model.
  static async open(program, model) {
    const { instance } = await WebAssembly.instantiate(program, {});
    const predictor = new ReviewPredictor();
    predictor.#wasm = instance.exports;
    predictor.about = JSON.parse(predictor.#ask("open", model));
    return predictor;
  }

  // Calls one of the program's functions; what it says, as text, or an Error with its one sentence.
  #ask(name, bytes, ...rest) {
    const said = this.#raw(name, bytes, ...rest);
    return new TextDecoder().decode(said);
  }

  #raw(name, bytes, ...rest) {
    const wasm = this.#wasm;
    if (bytes) {
      const place = wasm.input(bytes.length);
      if (!place) throw new Error("This is too large.");
      new Uint8Array(wasm.memory.buffer, place, bytes.length).set(bytes);
    }
    const isTold = wasm[name](...rest);
    const said = new Uint8Array(wasm.memory.buffer, wasm.output(), wasm.output_bytes()).slice();
    if (!isTold) throw new Error(new TextDecoder().decode(said));
    return said;
  }

  // {label, unsure, probabilities: [{label, probability}], toward, pieces: [{text, value}], words: [{term, value}], n_unknown}
  answer(text) {
    return JSON.parse(this.#ask("answer", new TextEncoder().encode(String(text))));
  }

  // {columns: [{name, example}], text, n_rows}: what stands in a CSV file (a Blob).
  async readTable(blob, { onProgress = () => {}, signal } = {}) {
    this.#raw("begin_table", undefined, blob.size);
    await this.#chunks(blob, signal, onProgress, (bytes) => this.#raw("scan", bytes));
    return JSON.parse(this.#ask("table"));
  }

  // The file last read, its texts in this column, with label, probability and words beside each row: a Blob of CSV. Cells that a
  // spreadsheet would run as a formula begin with an apostrophe.
  async answerTable(blob, column, { onProgress = () => {}, signal } = {}) {
    this.#raw("answer_column", undefined, column);
    const parts = [];
    await this.#chunks(blob, signal, onProgress, (bytes) => parts.push(this.#raw("push", bytes)));
    parts.push(this.#raw("finish"));
    return new Blob(parts, { type: "text/csv" });
  }

  async #chunks(blob, signal, onProgress, take) {
    for (let start = 0; start < blob.size; start += MOST_ROWS_AT_ONCE) {
      const bytes = new Uint8Array(await blob.slice(start, start + MOST_ROWS_AT_ONCE).arrayBuffer());
      if (signal?.aborted) throw new Error("It was stopped.");
      take(bytes);
      onProgress(Math.min(1, (start + bytes.length) / blob.size));
      // A moment for the page: what was pressed is heard.
      await new Promise((resolve) => setTimeout(resolve));
    }
    // The program takes an empty file's one sentence from an empty piece.
    if (blob.size === 0) take(new Uint8Array());
  }

  // Answers the rows that were answered where the model was made: how many are equal, label and probabilities.
  check(rows) {
    const isEqual = ({ text, label, probabilities }) => {
      const answer = this.answer(text);
      const near = ({ label: name, probability }) => Math.abs(probability - probabilities[name]) <= 1e-9;
      return answer.label === label && answer.probabilities.every(near);
    };
    return { n_equal: rows.filter(isEqual).length, n_rows: rows.length };
  }
}

// Bytes of base64 of raw deflate.
const unpacked = async (text) => {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// The text with its words marked by what they did: four strengths for the class, four against it.
const marked = (answer) => {
  const most = Math.max(...answer.pieces.map(({ value }) => Math.abs(value)), 1e-12);
  return answer.pieces.map(({ text, value }) => {
    if (value === 0) return document.createTextNode(text);
    const mark = document.createElement("mark");
    const strength = Math.max(1, Math.ceil((4 * Math.abs(value)) / most));
    mark.className = `${value > 0 ? "for" : "against"} s${strength}`;
    mark.title = `${value > 0 ? "for" : "against"} ${answer.toward}: ${value.toFixed(3)}`;
    mark.textContent = text;
    return mark;
  });
};

// One line a class: its name, its probability, a bar.
const shares = (answer) =>
  answer.probabilities.map(({ label, probability }) => {
    const line = document.createElement("li");
    const bar = document.createElement("meter");
    Object.assign(bar, { min: 0, max: 1, value: probability });
    bar.setAttribute("aria-label", `Probability of ${label}`);
    line.append(`${label}: ${percent(probability)} `, bar);
    return line;
  });
