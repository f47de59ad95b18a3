// Asks the browser for a passkey when a form marked `data-passkey` is sent, and sends its answer with the form.
// `create` makes one, `get` shows one. The options stand in the page, or at the address `data-options`.

const options = async (form) => {
  const inPage = document.getElementById("passkey-options");
  if (inPage) return JSON.parse(inPage.textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
};

const ask = {
  create: ({ creation_options: { publicKey } }) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) }),
  get: ({ request_options: { publicKey } }) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) }),
};

// A passkey belongs to the name of a host: browsers refuse it where there is only a number.
const hasName = !/^[\d.]+$|:/.test(location.hostname);

if (hasName && window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector(".passkey__failed");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const credential = await ask[form.dataset.passkey](await options(form));
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
}
