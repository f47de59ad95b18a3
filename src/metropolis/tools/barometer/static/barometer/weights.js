// <weight-form data-url="…/framework/ranking/"><form>…: a slider beside each weight, and the new ranking at once.
// Without this script the form is sent by its button.

const PAUSE = 150; // milliseconds of quiet before asking

class WeightForm extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.inputs = [...this.querySelectorAll("input[data-usual]")];
    for (const input of this.inputs) this.slide(input);
    this.form.addEventListener("input", (event) => this.moved(event.target));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  // The number can be typed and reached by keyboard; the slider is there for hand and mouse.
  slide(input) {
    const most = Math.max(...this.beside(input).map((each) => 2 * Number(each.dataset.usual)), 1);
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: most, step: most / 40, value: input.value, tabIndex: -1 });
    slider.setAttribute("aria-hidden", "true");
    slider.addEventListener("input", (event) => {
      event.stopPropagation();
      input.value = Number(slider.value).toFixed(2).replace(/\.?0+$/, "");
      this.moved(input);
    });
    input.slider = slider;
    input.before(slider);
  }

  moved(input) {
    if (input.slider) input.slider.value = input.value;
    this.share();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.request?.abort();
    this.request = new AbortController();
    const query = this.query();
    try {
      const answer = await fetch(`${this.dataset.url}?${query}`, { signal: this.request.signal });
      if (answer.ok) this.show(await answer.text(), query);
    } catch (error) {
      // Newer weights abort the request; without a network the button still sends the form.
      if (error.name !== "AbortError") this.form.submit();
    }
  }

  // What was moved, and whatever else the form holds.
  query() {
    const query = new URLSearchParams();
    for (const input of this.form.elements) {
      const usual = input.dataset.usual;
      if (input.name && input.value !== usual) query.set(input.name, input.value);
    }
    return query.toString();
  }

  show(text, query) {
    const result = this.querySelector("[data-result]");
    result.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    this.querySelector("[data-news]").textContent = result.querySelector("[data-summary]").textContent;
    // The news that have just appeared may not lie over the weight that is being moved.
    const focused = document.activeElement;
    if (this.form.contains(focused)) focused.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    for (const link of document.querySelectorAll(".years a")) {
      const kept = new URLSearchParams(query);
      kept.set("year", new URL(link.href).searchParams.get("year"));
      link.href = `?${kept}`;
    }
  }

  // The part each node has in the index, from the top down: a parent stands before what makes it up.
  share() {
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
    const parts = new Map();
    for (const input of this.inputs) {
      const whole = parts.get(input.dataset.parent) ?? 1;
      const sum = this.beside(input).reduce((total, each) => total + Math.max(0, Number(each.value)), 0);
      const part = sum ? (whole * Math.max(0, Number(input.value))) / sum : 0;
      parts.set(input.dataset.code, part);
      const shown = input.closest(".branch__head").querySelector("[data-share]");
      if (shown) shown.textContent = `${format.format(100 * part)}\u00a0%`; // as the page writes it
    }
  }

  beside(input) {
    return this.inputs.filter((each) => each.dataset.parent === input.dataset.parent);
  }
}

customElements.define("weight-form", WeightForm);
