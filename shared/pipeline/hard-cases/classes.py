# case: a class attribute changed by a later step
# expect: equal
# %% classes
class Config:
    depth = 3
    names = []
# %% one
Config.depth = 5
Config.names.append('a')
# %% two
seen = (Config.depth, Config.names)

# case: a class attribute that counts instances
# expect: equal
# %% classes
class Item:
    made = 0
    def __init__(self):
        Item.made += 1
# %% one
a = Item()
# %% two
b = Item()
# %% look
n = Item.made

# case: an instance shared by two names, changed in a later step
# expect: equal
# %% classes
class Box:
    def __init__(self):
        self.content = []
# %% make
box = Box()
also = box
# %% change
also.content.append(1)
# %% look
seen = box.content
same = box is also

# case: a method added to a class later
# expect: equal
# %% classes
class Point:
    def __init__(self, x):
        self.x = x
# %% make
p = Point(3)
# %% extend
def double(self):
    return self.x * 2
Point.double = double
# %% use
value = p.double()

# case: a class that reads a variable of the notebook
# expect: equal
# %% make
unit = 'cm'
class Length:
    def __init__(self, n):
        self.n = n
    def text(self):
        return f'{self.n} {unit}'
# %% use
length = Length(3)
text = length.text()
# %% change
unit = 'm'
again = Length(3).text()

# case: an instance of a class that reads a variable goes on to another step
# expect: refused: its class Length looks at unit
# %% make
unit = 'cm'
class Length:
    def __init__(self, n):
        self.n = n
    def text(self):
        return f'{self.n} {unit}'
length = Length(3)
# %% change
unit = 'm'
# %% use
text = length.text()

# case: a dataclass with defaults and a property
# expect: equal
# %% classes
from dataclasses import dataclass, field
@dataclass
class Run:
    name: str
    scores: list = field(default_factory=list)
    @property
    def best(self):
        return max(self.scores)
# %% make
run = Run('a')
# %% change
run.scores += [1, 5, 3]
# %% look
best = run.best

# case: an enum and its members' identity
# expect: equal
# %% classes
import enum
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
# %% make
mine = Colour.RED
table = {Colour.RED: 'r', Colour.BLUE: 'b'}
# %% look
is_red = mine is Colour.RED
letter = table[mine]

# case: a namedtuple made in a step
# expect: equal
# %% make
from collections import namedtuple
Point = namedtuple('Point', 'x y')
p = Point(1, 2)
# %% use
q = p._replace(x=5)
total = p.x + q.x + q.y
is_point = isinstance(p, Point)

# case: inheritance across steps
# expect: equal
# %% base
class Animal:
    sound = '...'
    def speak(self):
        return self.sound
# %% more
class Dog(Animal):
    sound = 'woof'
    def speak(self):
        return super().speak() + '!'
# %% make
dog = Dog()
# %% use
said = dog.speak()
is_animal = isinstance(dog, Animal)

# case: __getattr__ and __setattr__
# expect: equal
# %% classes
class Bag:
    def __init__(self):
        self.__dict__['data'] = {}
    def __getattr__(self, name):
        if name.startswith('__') or name == 'data':
            raise AttributeError(name)
        return self.data.get(name)
    def __setattr__(self, name, value):
        self.data[name] = value
# %% make
bag = Bag()
# %% change
bag.x = 1
# %% look
seen = (bag.x, bag.y)

# case: a subclass of a library's class, fitted across steps
# expect: equal
# %% classes
from sklearn.base import BaseEstimator, TransformerMixin
class Shift(BaseEstimator, TransformerMixin):
    def __init__(self, by=1):
        self.by = by
    def fit(self, X, y=None):
        self.low_ = X.min()
        return self
    def transform(self, X):
        return X - self.low_ + self.by
# %% make
import numpy as np
X = np.array([[3.0], [5.0]])
shift = Shift(by=2)
# %% fit
shift.fit(X)
# %% use
Z = shift.transform(X)

# case: an operator changes the object: __iadd__
# expect: equal
# %% classes
class Sum:
    def __init__(self):
        self.total = 0
    def __iadd__(self, n):
        self.total += n
        return self
# %% make
acc = Sum()
other = acc
# %% change
acc += 5
# %% look
seen = other.total

# case: a callable object with state
# expect: equal
# %% classes
class Mean:
    def __init__(self):
        self.values = []
    def __call__(self, x):
        self.values.append(x)
        return sum(self.values) / len(self.values)
# %% make
mean = Mean()
a = mean(2)
# %% use
b = mean(4)

# case: reading a property changes the object
# expect: equal
# %% classes
class Lazy:
    def __init__(self):
        self.loads = 0
    @property
    def value(self):
        self.loads += 1
        return 42
# %% make
lazy = Lazy()
# %% use
v = lazy.value
# %% look
n = lazy.loads

# case: a class method changes the class
# expect: equal
# %% classes
class Registry:
    known = {}
    @classmethod
    def add(cls, name):
        cls.known[name] = len(cls.known)
# %% one
Registry.add('a')
# %% two
Registry.add('b')
# %% look
seen = dict(Registry.known)

# case: a registry filled by a decorator
# expect: equal
# %% make
registry = {}
def register(f):
    registry[f.__name__] = f
    return f
@register
def plus(x):
    return x + 1
# %% more
@register
def minus(x):
    return x - 1
# %% use
values = [registry[name](10) for name in sorted(registry)]

# case: a class made by a function of the notebook
# expect: equal
# %% functions
def make_class(n):
    class Made:
        size = n
        def twice(self):
            return self.size * 2
    return Made
# %% make
Made = make_class(4)
thing = Made()
# %% use
value = thing.twice()
size = Made.size
del thing

# case: a class is redefined after an instance was made
# expect: refused: its class Shape
# %% one
class Shape:
    def area(self):
        return 1
old = Shape()
# %% two
class Shape:
    def area(self):
        return 2
new = Shape()
# %% look
seen = (old.area(), new.area())
del old, new

# case: pickling an instance within a step
# expect: equal
# %% classes
class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b
# %% make
import pickle
pair = pickle.loads(pickle.dumps(Pair(1, 2)))
# %% read
total = pair.a + pair.b

# case: slots, equality and hash of one's own
# expect: equal
# %% classes
class Key:
    __slots__ = ('n',)
    def __init__(self, n):
        self.n = n
    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n
    def __hash__(self):
        return hash(self.n)
# %% make
table = {Key(1): 'one'}
# %% use
found = table[Key(1)]

# case: a sentinel object as a default
# expect: equal
# %% make
MISSING = object()
def get(table, key, default=MISSING):
    if key in table:
        return table[key]
    if default is MISSING:
        return 'none given'
    return default
# %% use
seen = (get({}, 'a'), get({}, 'a', 1))
# %% more
again = get({}, 'b', MISSING)
