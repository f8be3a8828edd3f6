# case: an iterator of a list, half consumed
# expect: refused: iterator
# %% make
it = iter([1, 2, 3, 4])
first = next(it)
# %% use
rest = list(it)

# case: a generator function, half consumed
# expect: refused: iterator
# %% functions
def numbers():
    for n in range(5):
        yield n
# %% make
gen = numbers()
first = next(gen)
# %% use
rest = list(gen)

# case: a generator expression read in a later step
# expect: refused: iterator
# %% make
squares = (n * n for n in range(4))
# %% use
total = sum(squares)

# case: a generator used up in its own step
# expect: equal
# %% make
squares = (n * n for n in range(4))
total = sum(squares)
# %% use
double = total * 2

# case: a zip object across a step
# expect: refused: iterator
# %% make
pairs = zip('ab', [1, 2])
first = next(pairs)
# %% use
rest = list(pairs)

# case: a map object whose function reads a variable
# expect: refused: iterator
# %% make
n = 2
scaled = map(lambda x: x * n, [1, 2, 3])
# %% change
n = 10
# %% use
values = list(scaled)

# case: an iterator and the list beneath it
# expect: refused: iterator
# %% make
rows = [1, 2, 3]
it = iter(rows)
next(it)
# %% change
rows.append(4)
# %% use
rest = list(it)

# case: enumerate, reversed and filter, taken on
# expect: refused: iterator
# %% make
numbered = enumerate(['a', 'b', 'c'], start=1)
next(numbered)
backwards = reversed([1, 2, 3])
odd = filter(None, [0, 1, 2])
# %% use
seen = (list(numbered), list(backwards), list(odd))

# case: itertools.count and cycle go on
# expect: refused: iterator
# %% make
import itertools
ids = itertools.count(10)
turn = itertools.cycle('ab')
a = (next(ids), next(turn))
# %% use
b = (next(ids), next(turn))
# %% more
c = (next(ids), next(turn))

# case: a file read line by line over two steps
# expect: refused: open file
# %% make
with open('lines.txt', 'w') as out:
    out.write('one\ntwo\nthree\n')
# %% open
source = open('lines.txt')
first = source.readline()
# %% read
rest = source.read()
source.close()

# case: a file written in one step and read in the next
# expect: equal
# %% make
with open('lines.txt', 'w') as out:
    out.write('one\ntwo\n')
# %% read
with open('lines.txt') as source:
    lines = source.read().splitlines()

# case: a file handle closed in its own step
# expect: equal
# %% make
out = open('notes.txt', 'w')
out.write('hello')
out.close()
# %% read
text = open('notes.txt').read()

# case: a csv reader over an open file
# expect: refused: can
# %% make
import csv
with open('t.csv', 'w') as out:
    out.write('a,b\n1,2\n')
source = open('t.csv')
reader = csv.reader(source)
head = next(reader)
# %% read
rows = list(reader)
source.close()

# case: a database in memory
# expect: refused: open file or connection
# %% make
import sqlite3
db = sqlite3.connect(':memory:')
db.execute('create table t (n integer)')
# %% fill
db.execute('insert into t values (5)')
# %% read
total = db.execute('select sum(n) from t').fetchone()[0]

# case: a database in a file, opened in each step
# expect: equal
# %% make
import sqlite3
db = sqlite3.connect('t.db')
db.execute('create table t (n integer)')
db.commit()
db.close()
# %% fill
with sqlite3.connect('t.db') as db:
    db.execute('insert into t values (5)')
db.close()
# %% read
db = sqlite3.connect('t.db')
total = db.execute('select sum(n) from t').fetchone()[0]
db.close()

# case: text and bytes in memory, with their place
# expect: equal
# %% make
import io
buffer = io.StringIO()
buffer.write('a,b\n1,2\n')
buffer.seek(0)
head = buffer.readline()
# %% read
rest = buffer.read()

# case: a lock and what it guards
# expect: refused: lock
# %% make
import threading
lock = threading.Lock()
total = 0
# %% use
with lock:
    total += 1

# case: a thread that is waited for in its own step
# expect: equal
# %% make
import threading
found = []
worker = threading.Thread(target=lambda: found.append(1))
worker.start()
worker.join()
del worker
# %% use
n = len(found)

# case: a thread that is waited for in the next step
# expect: refused: worker
# %% make
import threading
found = []
worker = threading.Thread(target=lambda: found.append(1))
worker.start()
# %% wait
worker.join()
n = len(found)

# case: an executor across a step
# expect: refused: pool
# %% make
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
# %% use
value = pool.submit(pow, 2, 5).result()

# case: a weak reference
# expect: refused: weak
# %% classes
class Thing:
    pass
# %% make
import weakref
thing = Thing()
ref = weakref.ref(thing)
# %% use
is_alive = ref() is thing

# case: a context manager entered in one step and left in another
# expect: refused: iterator
# %% make
import contextlib
log = []
@contextlib.contextmanager
def noted(name):
    log.append('in ' + name)
    yield name
    log.append('out ' + name)
manager = noted('a')
name = manager.__enter__()
# %% leave
manager.__exit__(None, None, None)

# case: a context manager used in each step
# expect: equal
# %% make
import contextlib
log = []
@contextlib.contextmanager
def noted(name):
    log.append('in ' + name)
    yield name
    log.append('out ' + name)
with noted('a') as a:
    x = 1
# %% use
with noted('b'):
    y = x + 1
# %% look
seen = list(log)

# case: a csv writer kept with its buffer
# expect: refused: writer
# %% make
import csv, io
buffer = io.StringIO()
writer = csv.writer(buffer)
writer.writerow([1, 2])
# %% more
writer.writerow([3, 4])
# %% look
text = buffer.getvalue()

# case: a temporary folder used by the next step
# expect: equal
# %% make
import os, tempfile
folder = tempfile.mkdtemp(dir='.')
folder = 'fixed'
os.makedirs(folder)
# %% use
open(os.path.join(folder, 'a.txt'), 'w').write('x')
# %% look
names = os.listdir(folder)
