// <suggest-list data-url="/places/suggest"><input></suggest-list>: suggestions under a text field, by the combobox
// pattern of the ARIA practices. The field stays a plain text field where no script runs or no answer comes.

const PAUSE = 120; // milliseconds of quiet before asking

let count = 0;

class SuggestList extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.input = this.querySelector("input");
    this.options = [];
    this.active = -1;
    const label = this.dataset.label;
    this.list = element("ul", "suggest__list", { id: `suggest-${++count}`, role: "listbox", "aria-label": label });
    this.news = element("span", "visually-hidden", { role: "status" });
    this.append(this.list, this.news);
    set(this.input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id });
    this.close();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    // The field keeps the focus while the list is clicked: its blur would close the list first.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  typed() {
    this.close();
    const text = this.input.value.trim();
    if (text.length > 1) this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    this.request = new AbortController();
    const address = new URL(this.dataset.url, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).cities);
    } catch (error) {
      // Newer text aborts the request; without a network the field is still a text field.
      if (error.name !== "AbortError") this.close();
    }
  }

  show(cities) {
    this.options = cities.map((city, place) => {
      const option = element("li", "", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false" });
      option.dataset.value = city.value;
      const detail = element("span", "suggest__detail", {});
      detail.textContent = city.place;
      option.append(city.name, detail);
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.open(cities.length > 0);
    this.news.textContent = cities.length ? this.dataset.some.replace("{count}", cities.length) : this.dataset.none;
  }

  pressed(event) {
    if (this.list.hidden) return;
    const last = this.options.length - 1;
    const actions = {
      ArrowDown: () => this.mark(this.active < last ? this.active + 1 : 0),
      ArrowUp: () => this.mark(this.active > 0 ? this.active - 1 : last),
      Escape: () => this.close(),
      Enter: this.active >= 0 && (() => this.choose(this.options[this.active])),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  mark(place) {
    this.active = place;
    this.options.forEach((option, each) => option.setAttribute("aria-selected", each === place));
    this.input.setAttribute("aria-activedescendant", this.options[place].id);
    this.options[place].scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    if (!option) return;
    this.input.value = option.dataset.value;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  open(wanted) {
    this.list.hidden = !wanted;
    this.input.setAttribute("aria-expanded", wanted);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.open(false);
  }
}

function element(name, className, attributes) {
  const made = document.createElement(name);
  made.className = className;
  set(made, attributes);
  return made;
}

function set(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, value);
}

customElements.define("suggest-list", SuggestList);
