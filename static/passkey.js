// Passkeys: the only part of signing in that needs a script. What the browser is asked stands in the page (json_script)
// or, at the sign-in page, is fetched; what it answers goes into the form. Buttons are hidden until this file runs.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

async function create({ publicKey: ask }) {
  const made = await navigator.credentials.create({ publicKey: {
    ...ask, challenge: bytes(ask.challenge), user: { ...ask.user, id: bytes(ask.user.id) },
    excludeCredentials: named(ask.excludeCredentials),
  } });
  return { ...common(made), response: {
    clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  } };
}

async function get({ publicKey: ask }) {
  const got = await navigator.credentials.get({ publicKey: {
    ...ask, challenge: bytes(ask.challenge), allowCredentials: named(ask.allowCredentials),
  } });
  const told = got.response;
  return { ...common(got), response: {
    clientDataJSON: text(told.clientDataJSON), authenticatorData: text(told.authenticatorData),
    signature: text(told.signature), userHandle: told.userHandle ? text(told.userHandle) : null,
  } };
}

function common(one) {
  return { id: one.id, rawId: text(one.rawId), type: one.type, clientExtensionResults: one.getClientExtensionResults(),
    authenticatorAttachment: one.authenticatorAttachment };
}

async function asked(form) {
  const inPage = document.getElementById("passkey-data");
  if (inPage) return JSON.parse(inPage.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-button]"), said = form.querySelector("[role=status]");
  if (!window.PublicKeyCredential) { said.textContent = form.dataset.missing; continue; }
  button.hidden = false;
  form.addEventListener("submit", (e) => { if (!form.elements.credential.value) { e.preventDefault(); button.click(); } });
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      const ask = await asked(form);
      const answer = ask.creation_options ? await create(ask.creation_options) : await get(ask.request_options);
      form.elements.credential.value = JSON.stringify(answer);
    } catch { said.textContent = form.dataset.failed; return; }
    form.submit();
  });
}
