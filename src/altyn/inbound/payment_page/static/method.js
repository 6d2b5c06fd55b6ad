// The method step as a page of its own: runs it, then lets the page's form go on with the outcome.

import { methodStep } from "./three_ds.js";

const form = document.querySelector("#method");
const { methodUrl, methodData, methodTitle } = form.dataset;
form.elements.threeDSCompInd.value = await methodStep(methodUrl, methodData, methodTitle);
HTMLFormElement.prototype.submit.call(form);
