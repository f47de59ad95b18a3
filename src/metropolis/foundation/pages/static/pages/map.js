// <metropolis-map>: records on a world map drawn from files of our own, no tile server. MapLibre is fetched when the
// map scrolls into view. Marks are buttons, so that they are reached by keyboard and need no glyph server.

const WORLD = [[-170, -56], [179, 72]];
const LISTED = 30; // records named in the popup of a cluster that cannot be taken apart

class MetropolisMap extends HTMLElement {
  connectedCallback() {
    if (this.watcher) return;
    this.watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.watcher.disconnect();
      this.draw();
    }, { rootMargin: "200px" });
    this.watcher.observe(this);
  }

  async draw() {
    const frame = this.querySelector(".map__frame");
    try {
      const [library, points] = await Promise.all([import(this.dataset.library), this.points(), this.styled()]);
      this.library = library;
      library.setWorkerUrl(new URL(this.dataset.worker, location.href).href);
      this.map = new library.Map(this.options(frame, points));
    } catch (error) {
      // Without WebGL or the network the list of places below is the map.
      frame.hidden = true;
      console.warn("The map could not be drawn:", error.message);
      return;
    }
    this.map.addControl(new this.library.NavigationControl({ showCompass: false }));
    this.marks = new Map();
    this.map.on("idle", () => this.update());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
  }

  async points() {
    if (!this.dataset.points) return JSON.parse(this.querySelector("script[type='application/json']").textContent);
    const answer = await fetch(this.dataset.points);
    if (!answer.ok) throw new Error(`points: ${answer.status}`);
    return answer.json();
  }

  styled() {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.dataset.style });
    return new Promise((resolve, reject) => {
      Object.assign(link, { onload: resolve, onerror: () => reject(new Error("map style")) });
      document.head.append(link);
    });
  }

  options(container, points) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return {
      container,
      style: style(this, points),
      bounds: around(points),
      fitBoundsOptions: { padding: 48, maxZoom: 5 },
      maxZoom: 9,
      // A drawing is gone before paper asks for it, unless it is kept, which costs time at each frame.
      canvasContextAttributes: { preserveDrawingBuffer: "printed" in this.dataset },
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: true,
      fadeDuration: still ? 0 : 200,
      attributionControl: { compact: false, customAttribution: this.dataset.attribution },
      locale: {
        "Map.Title": this.dataset.title,
        "NavigationControl.ZoomIn": this.dataset.zoomIn,
        "NavigationControl.ZoomOut": this.dataset.zoomOut,
        "CooperativeGesturesHandler.WindowsHelpText": this.dataset.wheel,
        "CooperativeGesturesHandler.MacHelpText": this.dataset.wheelMac,
        "CooperativeGesturesHandler.MobileHelpText": this.dataset.fingers,
        "Popup.Close": this.dataset.close,
      },
    };
  }

  paint() {
    const colour = colours(this);
    this.map.setPaintProperty("sea", "background-color", colour("--sea"));
    this.map.setPaintProperty("land", "fill-color", colour("--land"));
    this.map.setPaintProperty("borders", "line-color", colour("--border"));
  }

  // One mark for each cluster and record in view; marks that stay keep their element, and with it the focus.
  update() {
    const wanted = new Map();
    for (const feature of this.map.querySourceFeatures("points")) wanted.set(key(feature), feature);
    for (const [id, mark] of this.marks) {
      if (wanted.has(id)) continue;
      if (mark.getElement() === document.activeElement) this.map.getCanvas().focus();
      mark.remove();
      this.marks.delete(id);
    }
    for (const [id, feature] of wanted) {
      if (this.marks.has(id)) continue;
      const element = feature.properties.cluster ? this.cluster(feature) : this.point(feature);
      const mark = new this.library.Marker({ element }).setLngLat(feature.geometry.coordinates).addTo(this.map);
      this.marks.set(id, mark);
    }
  }

  point(feature) {
    const { properties: { title, tone }, geometry: { coordinates } } = feature;
    const mark = button("map__point", title, (made) => this.open(coordinates, [feature], made));
    if (tone) mark.dataset.tone = tone;
    return mark;
  }

  cluster(feature) {
    const { cluster_id: id, point_count: count } = feature.properties;
    const label = this.dataset.cluster.replace("{count}", count);
    const mark = button("map__cluster", label, () => this.enter(id, feature.geometry.coordinates, mark));
    mark.textContent = feature.properties.point_count_abbreviated;
    mark.dataset.size = count < 10 ? "small" : count < 100 ? "medium" : "large";
    return mark;
  }

  async enter(id, place, mark) {
    const source = this.map.getSource("points");
    const zoom = await source.getClusterExpansionZoom(id);
    if (zoom <= this.map.getMaxZoom()) return this.map.easeTo({ center: place, zoom: zoom + 0.5 });
    this.open(place, await source.getClusterLeaves(id, LISTED, 0), mark);
  }

  open(place, features, mark) {
    const list = document.createElement("ul");
    list.className = "map__records";
    for (const { properties } of features) {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: properties.url, textContent: properties.title });
      item.append(link);
      if (properties.line) item.append(Object.assign(document.createElement("span"), { textContent: properties.line }));
      list.append(item);
    }
    const popup = new this.library.Popup({ maxWidth: "18rem", offset: 14 }).setLngLat(place).setDOMContent(list);
    popup.addTo(this.map); // moves the focus to the first link
    popup.getElement().addEventListener("keydown", (event) => event.key === "Escape" && popup.remove());
    popup.on("close", () => mark.focus());
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    this.map?.remove();
  }
}

function style(host, points) {
  const colour = colours(host);
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: new URL(host.dataset.land, location.href).href },
      points: { type: "geojson", data: points, cluster: true, clusterRadius: 40, clusterMaxZoom: 9 },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("--sea") } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("--land") } },
      { id: "borders", type: "line", source: "land", paint: { "line-color": colour("--border"), "line-width": 0.75 } },
      // Nothing is drawn of it: a source is only loaded when a layer uses it.
      { id: "points", type: "circle", source: "points", paint: { "circle-radius": 0 } },
    ],
  };
}

function colours(host) {
  const computed = getComputedStyle(host);
  return (name) => computed.getPropertyValue(name).trim();
}

function around(points) {
  const places = points.features.map((feature) => feature.geometry.coordinates);
  if (!places.length) return WORLD;
  const [xs, ys] = [places.map((place) => place[0]), places.map((place) => place[1])];
  return [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]];
}

function key(feature) {
  const { cluster_id: cluster, point_count: count, url } = feature.properties;
  return cluster === undefined ? `point ${url}` : `cluster ${cluster} ${count}`;
}

function button(className, label, action) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, title: label });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    action(made);
  });
  return made;
}

customElements.define("metropolis-map", MetropolisMap);
