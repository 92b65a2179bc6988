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

export const lostTarget = defineCode<{ loader: string; targets: readonly string[] }>(
  "lost-target",
  "error",
  ({ loader, targets }) =>
    `${loader} cannot be told whom the fault is for, and the spec names ${targets.join(", ")}`,
  `Whom a fault is for stands in a map of the object, which inject-load fills when it starts. bpfman and Inspektor Gadget fill no
maps, so that nothing would ever be injected, but for all tasks alike. Leave \`target\` out of the spec if the fault may be for every task of the node,
or narrow it down by the call chain and its predicates; inject-load, and what \`--to libbpf\` makes, know targets.`,
);

export const everyTask = defineCode<{ loader: string }>(
  "every-task",
  "warning",
  ({ loader }) =>
    `${loader} tells nobody apart: with \`target_kinds\` set to 0, the fault is for every task of the node, until it is unloaded`,
  `inject-load demands a target, or \`--all\`, and ends at the deadline. bpfman and Inspektor Gadget fill no maps, so as it stands
the object is for nobody. Its variable \`target_kinds\` is what \`--all\` is elsewhere: where it is 0, only the call chain, the
predicates and the trigger decide what fails. Try it with the setting \`observe\` first, and see that somebody unloads it.

    bpfman load image --global target_kinds=00000000 …
    ig run IMAGE --target_kinds 0`,
);

export const noLoaderInside = defineCode<{ name: string }>(
  "no-loader-inside",
  "error",
  ({ name }) => `the bundle of \`${name}\` has no loader in it`,
  `What runs on the nodes is the loader that the bundle brings along. This one was built with \`--no-loader\`: build it without.`,
);

export const badImage = defineCode<{ image: string }>(
  "bad-image",
  "error",
  ({ image }) => `\`${image}\` is no name that nodes could pull an image by`,
  `\`--image\` is the name under which the image that is made is pushed: a registry, a path in small letters and, if you like, a
tag, as in registry.example/chaos/bananas:1. The digest is added, so that nodes run that image and no other.`,
);

export const longList = defineCode<{ bytes: number; most: number }>(
  "long-list",
  "error",
  ({ bytes, most }) => `the cgroups take ${bytes} bytes, and a ConfigMap holds ${most}`,
  `The DaemonSet's pods read their targets from one ConfigMap, which Kubernetes limits to 1 MiB: some five thousand containers.
Narrow the selector down, by \`nodes\` or \`namespaces\` for example, and export a folder for each part.`,
);
