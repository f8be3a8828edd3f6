# case: a mutable default argument that remembers
# expect: equal
# %% functions
def remember(x, seen=[]):
    seen.append(x)
    return list(seen)
# %% one
first = remember(1)
# %% two
second = remember(2)

# case: a default argument taken from a variable that changes later
# expect: equal
# %% make
rate = 2
def scaled(x, by=rate):
    return x * by
# %% change
rate = 10
# %% use
value = scaled(3)

# case: a function reads a variable that a later step rebinds
# expect: equal
# %% make
rate = 2
def scaled(x):
    return x * rate
# %% use
first = scaled(3)
# %% change
rate = 10
# %% again
second = scaled(3)

# case: a closure that counts
# expect: equal
# %% functions
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
# %% make
count = counter()
a = count()
# %% use
b = count()
# %% more
c = count()

# case: two closures over one variable
# expect: equal
# %% functions
def account(balance):
    def pay(amount):
        nonlocal balance
        balance += amount
    def look():
        return balance
    return pay, look
# %% make
pay, look = account(10)
# %% use
pay(5)
# %% see
left = look()

# case: a closure made by a factory that reads a notebook variable changed later
# expect: refused: the function add looks at offset
# %% make
offset = 1
def adder(n):
    def add(x):
        return x + n + offset
    return add
add2 = adder(2)
# %% change
offset = 100
# %% use
value = add2(1)

# case: lambdas in a dict
# expect: equal
# %% make
steps = {'double': lambda x: x * 2, 'next': lambda x: x + 1}
# %% use
value = steps['next'](steps['double'](5))
# %% more
names = sorted(steps)
del steps

# case: lambdas made in a loop see the last value
# expect: equal
# %% make
fs = [lambda: i for i in range(3)]
gs = [lambda i=i: i for i in range(3)]
# %% use
late = [f() for f in fs]
early = [g() for g in gs]
del fs, gs

# case: a lambda reads the loop variable of the notebook
# expect: refused: the function <lambda> looks at i
# %% make
fs = []
for i in range(3):
    fs.append(lambda: i)
# %% change
i = 42
# %% use
values = [f() for f in fs]
del fs

# case: a partial of a notebook function
# expect: equal
# %% functions
def power(base, exponent):
    return base ** exponent
# %% make
from functools import partial
square = partial(power, exponent=2)
# %% use
value = square(7)

# case: functions defined in terms of functions, redefined in between
# expect: equal
# %% one
def base(x):
    return x + 1
def twice(x):
    return base(base(x))
first = twice(0)
# %% two
def base(x):
    return x + 10
second = twice(0)
# %% three
third = twice(0)

# case: recursion, and two functions that call each other
# expect: equal
# %% functions
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
def is_even(n):
    return n == 0 or is_odd(n - 1)
def is_odd(n):
    return n != 0 and is_even(n - 1)
# %% one
a = fact(5)
# %% two
b = is_even(10)

# case: recursion with a memo in a notebook variable
# expect: equal
# %% make
memo = {}
def fib(n):
    if n < 2:
        return n
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]
# %% use
value = fib(20)
# %% more
size = len(memo)

# case: a decorator that counts calls in a variable of the notebook
# expect: equal
# %% make
calls = {}
def counted(f):
    def wrapper(*args):
        calls[f.__name__] = calls.get(f.__name__, 0) + 1
        return f(*args)
    return wrapper
@counted
def square(x):
    return x * x
a = square(2)
# %% use
b = square(3)
# %% look
seen = dict(calls)

# case: a decorator that keeps its count on the function
# expect: equal
# %% functions
def counted(f):
    def wrapper(*args):
        wrapper.calls += 1
        return f(*args)
    wrapper.calls = 0
    return wrapper
# %% make
@counted
def square(x):
    return x * x
a = square(2)
# %% use
b = square(3)
# %% look
n = square.calls

# case: an attribute set on a function
# expect: equal
# %% make
def f(x):
    f.calls = getattr(f, 'calls', 0) + 1
    return x
f(1)
# %% use
f(2)
# %% look
n = f.calls

# case: lru_cache, with what it has counted
# expect: refused: a cache of its results
# %% make
from functools import lru_cache
@lru_cache(maxsize=None)
def slow(x):
    return x * 2
slow(1)
# %% use
a = slow(1)
# %% look
hits = slow.cache_info().hits

# case: lru_cache of a function that reads a variable
# expect: refused: a cache of its results
# %% make
from functools import lru_cache
factor = 2
@lru_cache
def scaled(x):
    return x * factor
first = scaled(1)
# %% change
factor = 10
# %% use
second = scaled(1)

# case: global in a function counts up
# expect: equal
# %% make
counter = 0
def bump():
    global counter
    counter += 1
# %% one
bump(); bump()
# %% two
bump()
# %% look
seen = counter

# case: a function binds a global that no cell binds
# expect: equal
# %% functions
def init():
    global settings
    settings = {'depth': 3}
# %% make
init()
# %% use
depth = settings['depth']

# case: a function is passed to another and called there
# expect: equal
# %% make
weights = {'a': 2}
def weigh(key):
    return weights.get(key, 0)
# %% use
keys = sorted(['b', 'a'], key=weigh)
# %% change
weights['b'] = 5
# %% more
again = sorted(['b', 'a'], key=weigh)

# case: a function given another name
# expect: refused: scale
# %% make
scale = 3
def f(x):
    return x * scale
g = f
# %% change
scale = 4
def f(x):
    return -x
# %% use
seen = (f(1), g(1))

# case: a generator function of the notebook
# expect: equal
# %% make
step = 2
def evens(n):
    for i in range(0, n, step):
        yield i
# %% use
values = list(evens(7))

# case: a function annotated with a name, and default None
# expect: equal
# %% make
from typing import Optional
Number = float
def half(x: Number, y: Optional[Number] = None) -> Number:
    return (x + (y or 0)) / 2
# %% use
value = half(3.0)
kinds = [str(each) for each in half.__annotations__.values()]

# case: a function made in a branch
# expect: equal
# %% make
fast = True
if fast:
    def area(r):
        return 3 * r * r
else:
    def area(r):
        return 3.14159 * r * r
# %% use
value = area(2)

# case: a function wrapped by hand in its own cell
# expect: equal
# %% make
def double(x):
    return x * 2
plain = double
def wrap(f):
    def inner(x):
        return f(x) + 1
    return inner
double = wrap(double)
a = double(3)
# %% use
b = (double(4), plain(4))

# case: a function that another cell replaces with a wrapped one
# expect: equal
# %% make
def double(x):
    return x * 2
a = double(3)
# %% wrap
def logged(f):
    seen = []
    def inner(x):
        seen.append(x)
        return f(x), len(seen)
    return inner
double = logged(double)
b = double(4)
# %% use
c = double(5)

# case: a function of a step that never calls it needs an import
# expect: equal
# %% begin
from itertools import combinations
Number = int
# %% make
def pairs(n: Number):
    return inner(range(n))

def inner(items):
    return [list(each) for each in combinations(items, 2)]
limit = 3
# %% use
found = pairs(limit)
