# case: a name that is not there yet is made
# expect: equal
# %% make
if 'total' not in globals():
    total = 10
# %% use
double = total * 2

# case: a name that an earlier step bound is left alone
# expect: equal
# %% make
total = 3
# %% guard
if 'total' not in globals():
    total = 10
kept = total
# %% use
double = total * 2

# case: asked by locals(), vars() and dir()
# expect: equal
# %% make
a = 1
# %% ask
seen = ['a' in locals(), 'a' in vars(), 'a' in dir(), 'b' in locals(), 'b' not in vars(), 'b' in dir()]
# %% use
n = sum(seen)

# case: whether a name is there is known only when it runs
# expect: equal
# %% make
import os
if os.path.exists('no-such-file'):
    extra = 5
# %% ask
has_extra = 'extra' in globals()
if not has_extra:
    extra = 7
# %% use
value = extra

# case: bound and asked in one cell, in a loop
# expect: equal
# %% make
rounds = []
for n in range(3):
    rounds.append('last' in globals())
    last = n
# %% use
seen = rounds + ['last' in globals(), 'other' in globals()]

# case: deleted in between
# expect: equal
# %% make
x = 1
# %% drop
del x
# %% ask
here = 'x' in globals()

# case: a name that only an import binds
# expect: equal
# %% make
import math
# %% ask
has_math, has_json = 'math' in globals(), 'json' in globals()
# %% use
root = math.sqrt(16) if has_math else None

# case: imported unless it is there
# expect: equal
# %% make
if 'math' not in globals():
    import math
# %% use
root = math.sqrt(16)

# case: a function, asked by its name
# expect: equal
# %% make
def double(x):
    return x * 2
# %% ask
if 'double' in globals():
    value = double(4)
else:
    value = None

# case: a built-in name is no variable of the notebook
# expect: equal
# %% ask
seen = ['len' in globals(), 'print' in locals()]
# %% use
n = len(seen)

# case: asked within a function
# expect: refused: globals()
# %% make
def has(name):
    return name in globals()
x = 1
# %% use
seen = has('x')

# case: a name made by text
# expect: refused: globals()
# %% make
name = 'x'
# %% use
seen = name in globals()

# case: asked within a function for a name of its own
# expect: equal
# %% make
def f(flag):
    if flag:
        found = 1
    return 'found' in locals(), 'flag' in locals()
# %% use
seen = f(True) + f(False)

# case: asked after a star import
# expect: refused: globals()
# %% make
from math import *
# %% use
seen = 'sqrt' in globals()

# case: an expected error
# expect: equal
# %% make
values = [1, 2]
# %% fail [raises-exception]
before = 1
values.append(3)
1 / 0
after = 2
# %% use
n = len(values) + before

# case: an expected error, and the rest of its step
# expect: equal
# %% make
values = [1]
# %% fail [raises-exception]
values.append(2)
raise ValueError('on purpose')
# %% fail
values.append(3)
# %% use
n = len(values)

# case: an expected error that does not come
# expect: equal
# %% fail [raises-exception]
x = 1
# %% use
y = x + 1

# case: an import that is expected to fail
# expect: equal
# %% make
found = False
# %% fail [raises-exception]
import no_such_module_anywhere
found = True
# %% use
text = str(found)

# case: a name that an expected error leaves as it was
# expect: equal
# %% make
x = 1
# %% fail [raises-exception]
int('no number')
x = 2
# %% use
y = x * 10

# case: a function defined anew behind an expected error
# expect: refused: defines f anew
# %% make
def f():
    return 1
# %% fail [raises-exception]
int('no number')
def f():
    return 2
# %% use
y = f()

# case: an expected error and a name that came before it alone
# expect: equal
# %% fail [raises-exception]
import math
root = math.sqrt(16)
root.nothing
# %% use
value = root + math.pi

# case: leaving on purpose in a cell that may fail
# expect: equal
# %% fail [raises-exception]
x = 1
raise KeyError('x')
# %% ask
y = 'x' in globals()
