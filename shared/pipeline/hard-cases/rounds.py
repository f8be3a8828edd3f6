# case: a list reached in the third round of a loop
# expect: equal
# %% make
a, b, last = [], [], []
# %% change
for i in range(3):
    a.append(1)
    a = b
    b = last
# %% look
seen = (list(a), list(b), list(last))

# case: a chain of four names in a while loop
# expect: equal
# %% make
a, b, c, d, last = [], [], [], [], []
# %% change
n = 0
while n < 5:
    a.append(n)
    a, b, c, d = b, c, d, last
    n += 1
# %% look
seen = list(last)

# case: names handed on backwards in nested loops
# expect: equal
# %% make
a, b, c, last = [0], [0], [0], [0]
# %% change
for i in range(2):
    for j in range(2):
        a.append(j)
        a = b
        b = c
    c = last
# %% look
seen = list(last)

# case: tuple swaps in a loop rotate three lists
# expect: equal
# %% make
first, second, third = [1], [2], [3]
kept = third
# %% change
for i in range(3):
    first.append(i)
    first, second, third = second, third, first
# %% look
seen = kept

# case: a function of global names called again and again
# expect: equal
# %% make
a, b, last = [], [], []
def step():
    global a, b
    a.append(1)
    a = b
    b = last
# %% change
step()
step()
step()
# %% look
seen = list(last)

# case: a function of global names called in a loop
# expect: equal
# %% make
a, b, last = [], [], []
def step():
    global a, b
    a.append(1)
    a = b
    b = last
# %% change
for i in range(3):
    step()
# %% look
seen = list(last)

# case: a function that finds another list under the same name
# expect: equal
# %% make
x, y = [], []
def fill():
    target.append(1)
# %% change
target = x
fill()
target = y
fill()
# %% look
seen = (x, y)

# case: a function that finds another list in the same dict
# expect: equal
# %% make
x, y = [], []
holder = {}
def fill():
    holder['rows'].append(1)
# %% change
holder['rows'] = x
fill()
holder['rows'] = y
fill()
# %% look
seen = (list(x), list(y))

# case: a function that calls itself with its arguments changed about
# expect: equal
# %% make
x, y, z = [], [], []
def fill(a, b, c):
    a.append(len(a))
    if len(a) < 3:
        fill(b, c, a)
# %% change
fill(x, y, z)
# %% look
seen = (x, y, z)

# case: two functions that call one another
# expect: equal
# %% make
x, y = [], []
def ping(a, b, n):
    a.append('ping')
    if n:
        pong(b, a, n - 1)
def pong(c, d, n):
    if n:
        ping(c, d, n - 1)
# %% change
ping(x, y, 3)
# %% look
seen = (x, y)

# case: a recursion over global names
# expect: equal
# %% make
a, b, last = [], [], []
def down(n):
    global a, b
    if n == 0:
        return
    a.append(n)
    a = b
    b = last
    down(n - 1)
# %% change
down(3)
# %% look
seen = list(last)

# case: what a recursion gives back is one of its arguments
# expect: equal
# %% make
x, y, z = [], [], []
def pick(a, b, c, n):
    if n == 0:
        return a
    found = pick(b, c, a, n - 1)
    return found
# %% change
pick(x, y, z, 2).append(1)
# %% look
seen = (x, y, z)

# case: a comprehension that hands names on
# expect: equal
# %% make
a, b, last = [], [], []
# %% change
said = [(a.append(i), (a := b), (b := last))[0] for i in range(3)]
# %% look
seen = list(last)

# case: names handed on in try, except and finally
# expect: equal
# %% make
a, b, c, last = [], [], [], []
# %% change
for i in range(4):
    try:
        a.append(i)
        if i % 2:
            raise ValueError(i)
        a = b
    except ValueError:
        a = c
    finally:
        b, c = c, last
# %% look
seen = (list(b), list(c), list(last))

# case: names handed on by a context manager in a loop
# expect: equal
# %% make
from contextlib import contextmanager
a, b, last = [], [], []
@contextmanager
def lent(rows):
    yield rows
    rows.append('returned')
# %% change
for i in range(3):
    with lent(a) as rows:
        rows.append(i)
    a, b = b, last
# %% look
seen = list(last)

# case: a chain through a dict in a loop
# expect: equal
# %% make
a, b, last = [], [], []
chain = {'a': a, 'b': b}
# %% change
for i in range(3):
    chain['a'].append(i)
    chain['a'] = chain['b']
    chain['b'] = last
# %% look
seen = (list(a), list(b), list(last))

# case: a chain through attributes in a loop
# expect: equal
# %% make
class Place:
    def __init__(self, rows, after):
        self.rows = rows
        self.after = after
x, y, z = [], [], []
at = Place(x, Place(y, Place(z, None)))
# %% change
while at is not None:
    at.rows.append(1)
    at = at.after
# %% look
seen = (x, y, z)

# case: a method that moves its object on, called in turn
# expect: equal
# %% make
class Walker:
    def __init__(self, rows):
        self.rows = rows
    def go(self, others):
        self.rows.append(1)
        self.rows = others
walker = Walker([])
x, y = [], []
# %% change
walker.go(x)
walker.go(y)
walker.go([])
# %% look
seen = (x, y)

# case: views of arrays handed on in a loop
# expect: equal
# %% make
import numpy as np
base, other, last = np.zeros(4), np.zeros(4), np.zeros(4)
a, b = base[:2], other[2:]
# %% change
for i in range(3):
    a[0] = 7
    a = b
    b = last[1:3]
# %% look
seen = (base.sum(), other.sum(), last.sum())

# case: tables handed on in a loop
# expect: equal
# %% make
import pandas as pd
a, b, last = (pd.DataFrame({'n': [i]}) for i in range(3))
# %% change
for i in range(3):
    a['changed'] = i
    a, b = b, last
# %% look
seen = list(last.columns)

# case: a default argument that is another list each time it is defined
# expect: equal
# %% make
x, y = [], []
rows = x
# %% change
for i in range(2):
    def keep(value, into=rows):
        into.append(value)
    keep(i)
    rows = y
# %% look
seen = (x, y)

# case: an attribute of a class set to another list in each round
# expect: refused: holds the same object as Shared.rows
# %% make
class Shared:
    rows = []
x, y = [], []
# %% change
for each in (x, y):
    Shared.rows.append(0)
    Shared.rows = each
Shared.rows.append(1)
# %% look
seen = (x, y)

# case: a closure that hands its own variables on
# expect: equal
# %% make
x, y, z = [], [], []
def mover(a, b, c):
    def move():
        nonlocal a, b, c
        a.append(1)
        a, b = b, c
    return move
# %% change
move = mover(x, y, z)
for i in range(3):
    move()
del move
# %% look
seen = (x, y, z)

# case: a closure over a variable that is set anew between its calls
# expect: equal
# %% make
x, y = [], []
def both():
    rows = x
    def fill():
        rows.append(1)
    fill()
    rows = y
    fill()
# %% change
both()
# %% look
seen = (x, y)

# case: a generator that changes a list each time it goes on
# expect: equal
# %% make
a, b, last = [], [], []
def going():
    rows, after = a, b
    while True:
        rows.append(1)
        yield len(rows)
        rows, after = after, last
# %% change
counts = [n for n, _ in zip(going(), range(3))]
# %% look
seen = (list(a), list(b), list(last))

# case: a loop over a list that grows by other names' lists
# expect: equal
# %% make
x, y, z = [], [], []
# %% change
waiting = [x]
for rows in waiting:
    rows.append(1)
    if rows is x:
        waiting.append(y)
    elif rows is y:
        waiting.append(z)
del waiting, rows
# %% look
seen = (x, y, z)

# case: a sorted copy in the first round, the list itself in the next
# expect: equal
# %% make
rows = [3, 1, 2]
# %% change
work = sorted(rows)
for i in range(2):
    work.append(i)
    work = rows
# %% look
seen = rows

# case: a deque that turns round
# expect: equal
# %% make
from collections import deque
x, y, z = [], [], []
ring = deque([x, y, z])
# %% change
for i in range(3):
    ring[0].append(i)
    ring.rotate(-1)
# %% look
seen = (x, y, z)

# case: names handed on under conditions, one in each round
# expect: equal
# %% make
a, b, c, last = [], [], [], []
# %% change
for i in range(6):
    a.append(i)
    if i == 3:
        a = b
    elif i == 2:
        b = c
    elif i == 1:
        c = last
# %% look
seen = list(last)

# case: the match of a round is the subject of the next
# expect: equal
# %% make
x, y = [1], [2]
tree = {'rows': x, 'next': {'rows': y, 'next': None}}
# %% change
while tree:
    match tree:
        case {'rows': rows, 'next': after}:
            rows.append(0)
            tree = after
# %% look
seen = (x, y)

# case: two closures of one function, each with its own list
# expect: equal
# %% make
def maker(rows):
    def add(value):
        rows.append(value)
    return add
x, y = [], []
# %% change
first, second = maker(x), maker(y)
first(1)
second(1)
del first, second
# %% look
seen = (x, y)

# case: one of two closures, as it turns out
# expect: equal
# %% make
def maker(rows):
    return lambda value: rows.append(value)
x, y = [], []
# %% change
adders = [maker(x), maker(y)]
for add in adders:
    add(1)
chosen = maker(x) if len(x) > 5 else maker(y)
chosen(2)
del adders, add, chosen
# %% look
seen = (x, y)

# case: a function called with more lists than are followed one by one
# expect: equal
# %% make
kept = []
many = [[n] for n in range(16)]
a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p = many
def keep(rows):
    kept.append(rows)
# %% keep
keep(a); keep(b); keep(c); keep(d); keep(e); keep(f); keep(g); keep(h)
keep(i); keep(j); keep(k); keep(l); keep(m); keep(n); keep(o); keep(p)
# %% change
kept[15].append('changed')
# %% look
seen = (many, a, p)
