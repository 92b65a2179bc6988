/** A template, compiled when the program is built: .rolldown.ts. */
declare module "*.hbs" {
  const template: TemplateSpecification;
  export default template;
}

declare module "handlebars/runtime.js" {
  export = Handlebars;
}
