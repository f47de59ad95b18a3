// Listening with one button, and a new picture without sending the form. Without this script the browser's own player
// is shown, and the button sends the form, which comes back as it was filled in.

for (const check of document.querySelectorAll("[data-human-check]")) {
  const token = check.previousElementSibling;
  const picture = check.querySelector("img");
  const audio = check.querySelector("audio");
  const listen = check.querySelector("[data-listen]");
  const renew = check.querySelector("[data-renew]");
  const status = check.querySelector("[role=status]");
  const answer = check.querySelector("input");

  listen.hidden = false;
  audio.hidden = true;
  listen.addEventListener("click", async () => {
    try {
      audio.load(); // fetched anew, so that it begins at its beginning
      await audio.play();
      answer.focus();
      status.textContent = "";
    } catch {
      status.textContent = status.dataset.failed;
    }
  });

  renew.type = "button";
  renew.addEventListener("click", async () => {
    try {
      const response = await fetch(check.dataset.new);
      if (!response.ok) throw new Error(response.statusText);
      const fresh = await response.json();
      token.value = fresh.token;
      picture.src = fresh.picture;
      audio.src = fresh.sound;
      answer.value = "";
      answer.focus();
      status.textContent = status.dataset.renewed;
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
}
