// The waiting page: counts the time down, asks every two seconds, and opens the next page as soon as the result is known.

import { countDown } from "./countdown.js";
import { navigate, pause, untilKnown } from "./gateway.js";

const place = document.querySelector("#waiting");
const { rest, order, language, pageView } = place.dataset;
if (document.getElementById("time-left")) countDown(place);

// The page answers one press of a button only.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy") === "true") event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

const status = await untilKnown({ rest, order, language, pageView });
if (status.redirect) navigate(status.redirect);
else {
  await pause(2000); // the reloaded page may wait too, so it is not requested at once
  window.location.reload();
}
