// A clock that counts down the time that is left to pay, on the pages without the card form.

import { DAY_SECONDS, SHORT_SECONDS, clockText } from "./clock.js";

// Counts down in #time-left from the data of `place`, and says once in #notice that little time is left.
export function countDown(place, onEnd = () => {}) {
  const deadline = Date.now() + Number(place.dataset.remaining) * 1000;
  const shown = document.getElementById("time-left");
  const notice = document.getElementById("notice");
  let ended = false;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
    // With a day or more left, the date that the gateway wrote stays.
    if (seconds < DAY_SECONDS) shown.textContent = place.dataset.timeLeft.replace("{time}", clockText(seconds));
    shown.classList.toggle("low", seconds <= SHORT_SECONDS);
    if (seconds <= SHORT_SECONDS && !notice.hasChildNodes()) tellShortTime(notice);
    if (seconds || ended) return;
    ended = true;
    onEnd();
  };
  tick();
  setInterval(tick, 1000);
}

function tellShortTime(notice) {
  const box = document.createElement("div");
  box.className = "message message-warn";
  const words = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = notice.dataset.title;
  const text = document.createElement("p");
  text.textContent = notice.dataset.text;
  words.append(title, text);
  box.append(document.getElementById("icon-warn").content.cloneNode(true), words);
  notice.replaceChildren(box);
}
