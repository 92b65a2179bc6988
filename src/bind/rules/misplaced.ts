import type { Diagnostic } from "../../diagnostic.js";
import { misplacedFault } from "../../spec/codes.js";
import type { Bound } from "../bound.js";

/** No frame is the fault function, whatever the spec calls it; where the names are the same, it was told already. */
export function misplaced({ kernel, fault, frames }: Bound): Diagnostic[] {
  return frames.flatMap(({ target, frame }) =>
    target.symbol === fault.symbol
      ? [
          misplacedFault(
            frame.function.span,
            { name: frame.function.value, place: "its own condition" },
            {
              help: ["leave the frame out, and write its predicate as the fault function's"],
              kernels: [kernel.name],
            },
          ),
        ]
      : [],
  );
}
