/** Plan to C. */

import Handlebars from "handlebars/runtime.js";
import chain from "../../templates/chain.hbs";
import condition from "../../templates/condition.hbs";
import event from "../../templates/event.hbs";
import fault from "../../templates/fault.hbs";
import kretprobe from "../../templates/kretprobe.hbs";
import memory from "../../templates/memory.hbs";
import note from "../../templates/note.hbs";
import object from "../../templates/object.hbs";
import outcome from "../../templates/outcome.hbs";
import probe from "../../templates/probe.hbs";
import settings from "../../templates/settings.hbs";
import target from "../../templates/target.hbs";
import trampoline from "../../templates/trampoline.hbs";
import trigger from "../../templates/trigger.hbs";
import types from "../../templates/types.hbs";
import type { Variant } from "../bind/plan.js";
import { cFileName } from "./text.js";
import { restoreMark, viewOf } from "./view.js";

/** The name that the C is compiled under, whatever the spec's: it is in the object's line information. */
export const cFile = "injectc.bpf.c";

const partials = {
  ...{ types, settings, memory, target, chain, kretprobe, trampoline },
  ...{ condition, note, event, probe, trigger, outcome, fault },
};

const engine = Handlebars.create();
for (const [name, partial] of Object.entries(partials))
  engine.registerPartial(name, engine.template(partial));
const template = engine.template(object);

/** The variant as BPF C, the same for the same variant; it compiles without a warning. */
export function render(variant: Variant): string {
  return numbered(template(viewOf(variant)));
}

function numbered(text: string): string {
  const lines = text.split("\n");
  return lines
    .map((line, i) => (line === restoreMark ? `#line ${i + 2} ${cFileName(cFile)}` : line))
    .join("\n");
}
