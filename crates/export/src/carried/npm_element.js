// <review-sentiment>: what the model says of the review in it. `text` (attribute or property) is the review; with `input` there
// is a field to type it. Each new answer is told by the event "answer". Colours follow `color` and `background` around it.
import { open } from "./index.js";
import { marked, shares } from "./predictor.js";

const STYLE = `:host { display: block; } [hidden] { display: none; } textarea { width: 100%; min-height: 6em; font: inherit; box-sizing: border-box; }
label { display: block; } .label { font-weight: 700; } ul { list-style: none; padding: 0; } .marked { white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; background: none; text-decoration: underline 2px; text-underline-offset: 3px; } mark.against { text-decoration-style: dotted; }
mark.s3, mark.s4 { font-weight: 600; }`;
let model;

class ReviewSentiment extends HTMLElement {
  static observedAttributes = ["text"];
  #root = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.innerHTML = `<label hidden>Your review<textarea maxlength="100000"></textarea></label>
<p class="label" role="status" aria-label="Answer"></p><ul aria-label="Probabilities"></ul><p class="marked"></p>`;
  }

  connectedCallback() {
    const field = this.#root.querySelector("textarea");
    this.#root.querySelector("label").hidden = !this.hasAttribute("input");
    field.addEventListener("input", () => { this.text = field.value; });
    this.#show();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#show();
  }

  get text() {
    return this.getAttribute("text") ?? "";
  }

  set text(text) {
    this.setAttribute("text", text);
  }

  async #show() {
    const asked = this.text;
    const said = this.#root.querySelector(".label");
    try {
      model ??= open();
      const predictor = await model;
      if (asked !== this.text) return;
      const isEmpty = !asked.trim();
      const answer = predictor.answer(asked);
      said.textContent = isEmpty ? "" : answer.unsure ? `${answer.label}, but too close to call` : answer.label;
      this.#root.querySelector("ul").replaceChildren(...(isEmpty ? [] : shares(answer)));
      this.#root.querySelector(".marked").replaceChildren(...(isEmpty ? [] : marked(answer)));
      if (!isEmpty) this.dispatchEvent(new CustomEvent("answer", { detail: answer }));
    } catch (error) {
      model = undefined;
      said.textContent = error.message;
    }
  }
}

customElements.define("review-sentiment", ReviewSentiment);
