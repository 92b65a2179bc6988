/** What can keep a bundle from becoming what another loader takes. */

import { defineCode } from "../diagnostic.js";

export const noObject = defineCode<{ problem: string }>(
  "no-object",
  "error",
  ({ problem }) => `no object of the bundle can be exported like that: ${problem}`,
  `A bundle has an object for each backend, arch and, where kernels need different code, for some of the kernels that it was
built for; the notes list them. \`--backend\`, \`--arch\` and \`-k\` say which is meant; \`-k\` takes what it takes for
\`build\`, or a kernel's release as it stands there. Not every loader can take either backend.`,
);

export const manyObjects = defineCode<{ count: number }>(
  "many-objects",
  "error",
  ({ count }) => `${count} objects of the bundle could be exported, and this format takes one`,
  `inject-load looks at the node that it runs on and takes the object that fits there. Other loaders take what they are given, so
that you have to say which: by \`--backend\`, \`--arch\`, or \`-k\` and a kernel that it was made for.
The notes list the objects. One file for all of several kernels is had by building for those that need the same code.`,
);
