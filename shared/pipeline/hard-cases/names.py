# case: a walrus binds
# expect: equal
# %% make
if (n := len([1, 2, 3])) > 2:
    big = [m := n * 2, m + 1]
# %% use
total = n + m

# case: match binds names
# expect: equal
# %% make
command = {'op': 'add', 'args': [1, 2, 3]}
match command:
    case {'op': 'add', 'args': [first, *rest]}:
        total = first + sum(rest)
    case _:
        total = None
# %% use
seen = (first, rest, total)

# case: names of a comprehension stay inside
# expect: equal
# %% make
x = 'outer'
squares = [x * x for x in range(3)]
# %% use
seen = (x, squares)

# case: a comprehension in a class body and in a function's default
# expect: equal
# %% make
n = 3
def f(xs=[i * n for i in range(3)]):
    return xs
class Table:
    rows = [i for i in range(n)]
# %% use
seen = (f(), Table.rows)

# case: del of a name that another step binds again
# expect: equal
# %% make
a = 1
b = 2
# %% remove
del a
# %% again
a = 10
# %% use
total = a + b

# case: del in a later step than it was bound in
# expect: equal
# %% make
big = list(range(5))
n = len(big)
# %% free
del big
# %% use
is_gone = 'big' not in dir()

# case: del of an element and of a slice
# expect: equal
# %% make
rows = list(range(6))
table = {'a': 1, 'b': 2}
# %% change
del rows[0], table['a']
del rows[1:3]
# %% look
seen = (rows, table)

# case: del in a branch
# expect: refused: deletes on some ways only
# %% make
tmp = 1
keep = False
# %% maybe
if not keep:
    del tmp
# %% look
try:
    tmp
    state = 'there'
except NameError:
    state = 'gone'

# case: a star import
# expect: equal
# %% import
from math import *
# %% use
value = floor(pi) + sqrt(16)

# case: a star import over a name of the notebook
# expect: refused: import *
# %% make
pow = 3
e = 1
# %% import
from math import *
# %% use
value = e
power = pow

# case: exec binds a name
# expect: refused: exec
# %% make
exec('hidden = 5')
# %% use
value = hidden + 1

# case: eval reads a name
# expect: equal
# %% make
factor = 3
# %% use
value = eval('factor * 2')

# case: globals() binds names
# expect: refused: globals
# %% make
for i in range(3):
    globals()[f'v{i}'] = i
# %% use
total = v0 + v1 + v2

# case: locals() and vars() read names
# expect: refused: locals
# %% make
a, b = 1, 2
# %% use
seen = sorted(name for name in locals() if name in ('a', 'b'))

# case: a text formatted with the notebook's names
# expect: refused: globals
# %% make
who = 'you'
# %% use
text = 'hello {who}'.format(**globals())

# case: an f-string reads names, nested ones too
# expect: equal
# %% make
width, value = 8, 3.14159
# %% use
text = f'{value:{width}.2f}|{value!r:>{width}}'

# case: a name bound in a branch only
# expect: equal
# %% make
flag = True
if flag:
    extra = 5
# %% use
value = extra + 1

# case: a name that is not bound on the way taken
# expect: equal
# %% make
flag = False
value = 1
# %% change
if flag:
    value = 2
# %% use
seen = value

# case: the name of a loop after the loop
# expect: equal
# %% make
for i, row in enumerate('abc'):
    last = row
# %% use
seen = (i, row, last)

# case: a loop over no element binds nothing
# expect: equal
# %% make
item = 'before'
# %% loop
for item in []:
    pass
# %% use
seen = item

# case: try binds, and the exception's name is gone afterwards
# expect: equal
# %% make
problem = 'old'
try:
    1 / 0
except ZeroDivisionError as problem:
    text = str(problem)
# %% use
try:
    problem
    state = 'there'
except NameError:
    state = 'gone'

# case: with binds its target
# expect: equal
# %% make
import contextlib
with contextlib.nullcontext([1, 2]) as pair:
    a, *b = pair
# %% use
seen = (a, b, pair)

# case: star targets and nested ones
# expect: equal
# %% make
(a, [b, *c]), d = (1, [2, 3, 4]), 5
# %% use
total = a + b + sum(c) + d

# case: an annotation without a value binds nothing
# expect: equal
# %% make
x: int
y: int = 3
# %% use
try:
    x
    state = 'bound'
except NameError:
    state = 'not bound'

# case: a builtin's name is bound, and the builtin comes back
# expect: equal
# %% make
max = 5
limit = max
# %% free
del max
# %% use
value = max(1, 2)

# case: names of Python's own that a step could clash with
# expect: equal
# %% make
notebook = 1
display_name = 'x'
runner, artifacts, helpers = 2, 3, 4
# %% use
total = notebook + runner + artifacts + helpers
# %% more
notebook += 1

# case: a step that has the name of a variable and of an import
# expect: equal
# %% total
total = 5
import json
# %% json
text = json.dumps(total)
# %% class
json_text = text

# case: a name that differs in case alone
# expect: equal
# %% make
X = [1, 2]
x = 3
# %% use
y = sum(X) * x
Y = X

# case: names that are not ASCII
# expect: equal
# %% make
größe = 3
α = 0.5
# %% use
ergebnis = größe * α

# case: underscore names go on where they are read
# expect: equal
# %% make
_hidden = 4
__dunder = 5
# %% use
value = _hidden + __dunder

# case: a lazy import within a function
# expect: equal
# %% functions
def to_text(x):
    import json
    return json.dumps(x)
# %% use
text = to_text([1])

# case: an import within a branch
# expect: equal
# %% make
try:
    import not_installed_at_all as fast
except ImportError:
    import json as fast
# %% use
text = fast.dumps({'a': 1})

# case: an imported name is bound to something else later
# expect: equal
# %% one
from math import floor, ceil
a = floor(2.5)
# %% two
def floor(x):
    return 'mine'
b = floor(2.5)
# %% three
c = (floor(2.5), ceil(2.5))

# case: two imports give one name different meanings
# expect: equal
# %% one
from os.path import join
a = join('a', 'b')
# %% two
from shlex import join
b = join(['a', 'b c'])
# %% three
c = join(['x', 'y'])

# case: import of a submodule through its parent
# expect: equal
# %% one
import os.path, xml.dom.minidom
# %% use
tree = xml.dom.minidom.parseString('<a/>').documentElement.tagName
base = os.path.basename('/x/y')

# case: a step that only reads, and one that gives nothing
# expect: equal
# %% make
a = 1
# %% show
print(a)
# %% look
a
# %% use
b = a + 1

# case: a name read before it is bound in the same step
# expect: equal
# %% make
rows = [1]
# %% change
rows = rows + [2]
rows = [*rows, 3]
# %% look
n = len(rows)

# case: a class and a variable of the same name in turn
# expect: equal
# %% one
thing = 1
# %% two
class thing:
    n = 2
# %% three
value = thing.n
# %% four
thing = 5
