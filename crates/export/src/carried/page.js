// The page of one model.
const at = (id) => document.getElementById(id);
const given = JSON.parse(at("given").textContent);
const EMPTY = "Type or paste a review: the answer follows.";
let predictor;

const show = () => {
  const text = at("review").value;
  const isEmpty = !text.trim();
  at("parts").hidden = isEmpty;
  if (isEmpty) return void (at("label").textContent = EMPTY);
  try {
    const answer = predictor.answer(text);
    at("label").textContent = answer.unsure ? `${answer.label}, but too close to call` : answer.label;
    at("shares").replaceChildren(...shares(answer));
    at("marked").replaceChildren(...marked(answer));
    at("legend").textContent = `Solid underline: speaks for ${answer.toward}. Dotted: against it. ${
      answer.n_unknown ? `Words that the model does not know: ${answer.n_unknown}.` : ""
    }`;
    at("words").replaceChildren(
      ...answer.words.map(({ term, value }) => {
        const row = document.createElement("tr");
        const head = document.createElement("th");
        const cell = document.createElement("td");
        head.scope = "row";
        head.textContent = term;
        cell.textContent = value.toFixed(3);
        row.append(head, cell);
        return row;
      }),
    );
  } catch (error) {
    at("parts").hidden = true;
    at("label").textContent = error.message;
  }
};

let file;
let stopping;
const said = (text) => { at("said").textContent = text; };
const busy = (isBusy) => {
  at("bar").hidden = at("stop").hidden = !isBusy;
  at("start").disabled = at("file").disabled = isBusy;
};
const work = async (what, step) => {
  stopping = new AbortController();
  busy(true);
  try {
    await step({ signal: stopping.signal, onProgress: (share) => { at("bar").value = share; } });
  } catch (error) {
    said(error.message);
  }
  busy(false);
};

const choose = (chosen) =>
  work("reading", async (options) => {
    at("columns").hidden = at("done").hidden = true;
    file = chosen;
    said(`Reading ${chosen.name} …`);
    const table = await predictor.readTable(file, options);
    at("column").replaceChildren(...table.columns.map(({ name }, place) => new Option(name, place, false, place === table.text)));
    at("columns").hidden = false;
    said(`${file.name}: ${table.n_rows.toLocaleString("en")} rows. Choose the column with the reviews, then press Score the file.`);
  });

const score = () =>
  work("scoring", async (options) => {
    at("done").hidden = true;
    said(`Scoring ${file.name} …`);
    // The first pass is made anew: what it found is used up by the second.
    await predictor.readTable(file, { signal: options.signal });
    const blob = await predictor.answerTable(file, Number(at("column").value), options);
    URL.revokeObjectURL(at("done").href);
    at("done").href = URL.createObjectURL(blob);
    at("done").download = file.name.replace(/(\.[^.]*)?$/, "_scored.csv");
    at("done").hidden = false;
    said(`${file.name} is scored: download the rows with label and probability.`);
  });

const begin = async () => {
  try {
    const [program, model] = await Promise.all(["program", "model"].map((id) => unpacked(at(id).textContent)));
    predictor = await ReviewPredictor.open(program, model);
    const { n_equal, n_rows } = predictor.check(given.golden);
    at("checked").textContent = `checked: ${n_equal} of ${n_rows} equal`;
    at("checked").className = n_equal === n_rows ? "good" : "bad";
    at("review").disabled = at("file").disabled = false;
    show();
  } catch (error) {
    at("checked").textContent = `This page cannot answer: ${error.message}`;
    at("checked").className = "bad";
  }
};

at("review").addEventListener("input", show);
at("file").addEventListener("change", ({ target }) => target.files[0] && choose(target.files[0]));
at("start").addEventListener("click", score);
at("stop").addEventListener("click", () => stopping?.abort());
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer.files;
  if (dropped && predictor && at("stop").hidden) choose(dropped);
});
begin();
