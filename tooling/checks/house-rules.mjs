/**
 * Lint rules of this house that no linter ships. Loaded by .oxlintrc.json as the plugin `house`.
 * Each rule has one planted violation in planted-rules.test.ts.
 */
const secretName = /token|secret|signature|hash/i;
/** `tokenId`, `hashedAt`, `tokenKind` speak about a secret and are none. */
const aboutASecret = /(Id|Ids|At|Ms|Kind|Name|Count|Length|Bytes|Status|State|Algorithm|Version|Prefix|Header)$/;

const lastName = (node) => {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'MemberExpression':
      return node.computed ? (node.property.type === 'Literal' ? String(node.property.value) : '') : node.property.name;
    case 'ChainExpression':
    case 'TSNonNullExpression':
    case 'TSAsExpression':
      return lastName(node.expression);
    default:
      return '';
  }
};
/** A constant of the program is no secret. */
const constantName = /^[A-Z0-9_]+$/;
const isSecret = (node) => secretName.test(lastName(node)) && !aboutASecret.test(lastName(node)) && !constantName.test(lastName(node));
const isConstant = (node) =>
  node.type === 'Literal' ||
  (node.type === 'Identifier' && node.name === 'undefined') ||
  (node.type === 'UnaryExpression' && node.operator === 'typeof');

const calledName = (callee) => (callee.type === 'MemberExpression' && !callee.computed ? callee.property.name : '');
const isBuiltText = (node) =>
  (node.type === 'TemplateLiteral' && node.expressions.length > 0) ||
  (node.type === 'BinaryExpression' && node.operator === '+' && [node.left, node.right].some((side) => isText(side)));
const isText = (node) =>
  (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateLiteral' || isBuiltText(node);
const sqlCalls = new Set(['query', '$queryRaw', '$executeRaw', 'queryRaw', 'executeRaw']);
const rawCalls = new Set(['$queryRawUnsafe', '$executeRawUnsafe']);

const rule = (description, create) => ({ meta: { type: 'problem', docs: { description } }, create });

export default {
  meta: { name: 'house' },
  rules: {
    'no-export-star': rule('A door names what it exports.', (context) => ({
      ExportAllDeclaration: (node) =>
        context.report({ node, message: 'Name each export; `export *` hides what a door offers and makes cycles.' }),
    })),

    'compare-secrets-in-constant-time': rule('Secrets are compared in constant time.', (context) => ({
      BinaryExpression(node) {
        if (!['===', '!==', '==', '!='].includes(node.operator)) return;
        if (isConstant(node.left) || isConstant(node.right)) return;
        if (isSecret(node.left) || isSecret(node.right)) {
          context.report({
            node,
            message: `Compare \`${lastName(node.left) || lastName(node.right)}\` with the constant-time compare of #platform/crypto.`,
          });
        }
      },
    })),

    'no-raw-sql': rule('SQL is never put together from text.', (context) => ({
      MemberExpression(node) {
        const name = node.computed ? '' : node.property.name;
        if (rawCalls.has(name) || (name === 'raw' && node.object.type === 'Identifier' && node.object.name === 'Prisma')) {
          context.report({ node, message: `\`${name}\` takes SQL as text. Use a tagged template, whose values are parameters.` });
        }
      },
    })),

    // Statements that make roles, databases and tables take no parameters: off where those are made.
    'no-built-sql': rule('Values reach SQL as parameters.', (context) => ({
      CallExpression(node) {
        const [first] = node.arguments;
        if (first !== undefined && sqlCalls.has(calledName(node.callee)) && isBuiltText(first)) {
          context.report({ node: first, message: 'SQL built from text. Pass the values as parameters.' });
        }
      },
    })),

    'egress-through-one-door': rule('Only platform/http calls out.', (context) => ({
      CallExpression(node) {
        const { callee } = node;
        const global = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'globalThis';
        if ((callee.type === 'Identifier' && callee.name === 'fetch') || (global && calledName(callee) === 'fetch')) {
          context.report({ node, message: 'Call out through #platform/http, which checks the address at connect time.' });
        }
      },
      ImportDeclaration(node) {
        if (/^(undici|axios|got|node:https|https)$/.test(node.source.value) && node.importKind !== 'type') {
          context.report({ node, message: 'Call out through #platform/http, which checks the address at connect time.' });
        }
      },
    })),
  },
};
