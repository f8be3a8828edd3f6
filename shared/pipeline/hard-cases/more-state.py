# case: a class whose shared list is filled by its objects
# expect: equal
# %% classes
class Stack:
    items = []
    def push(self, x):
        self.items.append(x)
# %% one
s = Stack()
s.push(1)
# %% two
t = Stack()
t.push(2)
seen = list(t.items)

# case: a decorator class that counts
# expect: equal
# %% functions
class Counted:
    def __init__(self, f):
        self.f, self.n = f, 0
    def __call__(self, *args):
        self.n += 1
        return self.f(*args)
@Counted
def square(x):
    return x * x
# %% one
a = square(2)
# %% two
b = square(3)
n = square.n

# case: a function's default is a dict that grows, by keyword
# expect: equal
# %% functions
def count(word, *, table={}):
    table[word] = table.get(word, 0) + 1
    return dict(table)
# %% one
a = count('x')
# %% two
b = count('x')
c = count('y')

# case: a method's default list
# expect: equal
# %% classes
class Log:
    def add(self, x, seen=[]):
        seen.append(x)
        return len(seen)
# %% one
log = Log()
a = log.add(1)
# %% two
b = log.add(2)

# case: a static method and a class variable of a parent
# expect: equal
# %% classes
class Base:
    total = 0
    @staticmethod
    def add(n):
        Base.total += n
class Child(Base):
    pass
# %% one
Child.add(2)
# %% two
Child.add(3)
seen = (Base.total, Child.total)

# case: what a class holds is the list another name stands for
# expect: refused: rows holds the same object as Holder.rows
# %% classes
class Holder:
    rows = []
# %% one
rows = Holder.rows
rows.append(1)
# %% two
rows.append(2)
# %% three
seen = list(Holder.rows)

# case: a closure over a list that also has a name
# expect: equal
# %% make
seen = []
def noted(x):
    seen.append(x)
    return len(seen)
table = {'note': noted}
# %% use
n = table['note'](5)
# %% look
last = list(seen)

# case: a closure over a list that has a name in a later step alone
# expect: equal
# %% functions
def recorder():
    rows = []
    def add(x):
        rows.append(x)
        return rows
    return add
# %% make
add = recorder()
rows = add(1)
# %% use
add(2)
# %% look
seen = list(rows)

# case: an object holds a function that looks at a variable
# expect: equal
# %% classes
class Model:
    def __init__(self, f):
        self.f = f
# %% make
scale = 3
model = Model(lambda x: x * scale)
# %% use
value = model.f(2)

# case: a lambda calls a function of the notebook that reads a variable
# expect: equal
# %% make
base = 10
def shifted(x):
    return x + base
ops = [lambda x: shifted(x) * 2]
# %% use
value = ops[0](1)

# case: a variable is rebound between two uses of a kept function
# expect: refused: looks at base
# %% make
base = 10
ops = [lambda x: x + base]
a = ops[0](1)
# %% change
base = 20
# %% use
b = ops[0](1)

# case: a bound method kept in a list
# expect: equal
# %% classes
class Bank:
    def __init__(self):
        self.sum = 0
    def put(self, n):
        self.sum += n
# %% make
bank = Bank()
actions = [bank.put]
# %% use
actions[0](5)
# %% look
total = bank.sum

# case: sort with a key from a dict of functions
# expect: equal
# %% make
keys = {'last': lambda text: text[-1]}
# %% use
words = sorted(['ab', 'ca', 'bc'], key=keys['last'])

# case: a frame's column is changed by a function that reads the frame as a global
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
def clean():
    df['a'] = df['a'] * 2
# %% use
clean()
# %% more
clean()
total = int(df['a'].sum())

# case: a global is rebound by a function that another function calls
# expect: equal
# %% make
state = 'new'
def set_state(value):
    global state
    state = value
def run():
    set_state('run')
# %% use
run()
# %% look
seen = state

# case: a series of a frame changed in place, in pandas that copies on writing
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1.0, None]})
column = df['a']
# %% change
column.fillna(0, inplace=True)
# %% look
seen = (int(df['a'].isna().sum()), int(column.isna().sum()))

# case: an array and the frame made of it
# expect: equal
# %% make
import numpy as np
import pandas as pd
values = np.zeros((2, 2))
df = pd.DataFrame(values, columns=['a', 'b'])
# %% change
values[0, 0] = 5
# %% look
seen = float(df.loc[0, 'a'])

# case: an exception kept under a name
# expect: equal
# %% classes
class Broken(Exception):
    def __init__(self, code):
        super().__init__('broken %d' % code)
        self.code = code
# %% make
try:
    raise ValueError('no')
except ValueError as problem:
    kept = problem
# %% use
text = str(kept)
kind = type(kept).__name__

# case: a regular expression, a struct and a compiled code
# expect: equal
# %% make
import re
pattern = re.compile(r'(\d+)', re.I)
# %% use
found = pattern.findall('a1b22')

# case: bytes and text io in a dict
# expect: equal
# %% make
import io
files = {'a': io.BytesIO(b'abc')}
files['a'].read(1)
# %% use
rest = files['a'].read()
del files

# case: a property with a setter of the notebook
# expect: equal
# %% classes
class Temperature:
    def __init__(self, c):
        self._c = c
    @property
    def f(self):
        return self._c * 9 / 5 + 32
    @f.setter
    def f(self, value):
        self._c = (value - 32) * 5 / 9
# %% make
t = Temperature(10)
# %% change
t.f = 212
# %% look
c = t._c

# case: an attribute deleted from an object
# expect: equal
# %% make
from types import SimpleNamespace
box = SimpleNamespace(a=1, b=2)
# %% change
del box.a
# %% look
names = sorted(vars(box))

# case: a name used only within a nested function's default
# expect: equal
# %% make
n = 3
def outer():
    def inner(k=n):
        return k
    return inner()
# %% change
n = 4
# %% use
value = outer()

# case: a loop defines functions by name
# expect: equal
# %% make
table = {}
for power in (1, 2, 3):
    def raised(x, power=power):
        return x ** power
    table[power] = raised
# %% use
values = [table[p](2) for p in table]

# case: zip over two lists changed afterwards in place
# expect: equal
# %% make
a, b = [1, 2], [3, 4]
pairs = list(zip(a, b))
both = [a, b]
# %% change
for each in both:
    each.append(0)
# %% look
seen = (a, b, pairs)
