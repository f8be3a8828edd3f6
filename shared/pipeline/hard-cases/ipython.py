# case: time around a statement binds its names
# expect: equal
# %% make
%time total = sum(range(10))
# %% use
double = total * 2

# case: a cell under %%time
# expect: equal
# %% make
%%time
rows = [1, 2]
rows.append(3)
# %% use
n = len(rows)

# case: timeit binds nothing
# expect: equal
# %% make
x = 1
# %% measure
%timeit -n1 -r1 y = x + 1
# %% use
z = x + 1

# case: a cell under %%timeit changes a list, in a process of its own never
# expect: refused: %%timeit
# %% make
rows = []
# %% measure
%%timeit -n2 -r1
rows.append(1)
# %% use
n = len(rows)

# case: %timeit changes a list
# expect: refused: %timeit
# %% make
rows = []
# %% measure
%timeit -n2 -r1 rows.append(1)
# %% use
n = len(rows)

# case: the output of a command
# expect: equal
# %% make
lines = !echo one && echo two
# %% use
n = len(lines)
first = lines[0]
del lines

# case: a command writes a file that the next step reads
# expect: equal
# %% make
!echo hello > made.txt
# %% read
text = open('made.txt').read().strip()

# case: a command takes the value of a variable
# expect: equal
# %% make
name = 'world'
# %% run
out = !echo hello $name {name.upper()}
# %% use
text = out[0]
del out

# case: a bash cell
# expect: refused: %%bash
# %% make
%%bash
echo hi > a.txt
# %% read
text = open('a.txt').read()

# case: a bash cell that binds a name
# expect: refused: %%bash
# %% make
%%bash --out text
echo hi
# %% read
n = len(text)

# case: capture of what a cell prints
# expect: refused: %%capture
# %% make
%%capture out
print('hello')
# %% use
text = out.stdout

# case: matplotlib inline and autoreload
# expect: equal
# %% make
%matplotlib inline
%load_ext autoreload
%autoreload 2
x = 1
# %% use
y = x + 1

# case: the last output by its underscore
# expect: refused: _
# %% make
1 + 2
# %% use
value = _ + 1

# case: an output by its number
# expect: refused: Out
# %% make
6 * 7
# %% use
value = Out[1]

# case: the history of inputs
# expect: refused: In
# %% make
x = 1
# %% use
n = len(In)

# case: _ as a name of one's own
# expect: equal
# %% make
_, kept = divmod(17, 5)
for _ in range(3):
    kept += 1
# %% use
value = kept * 2

# case: display only cells
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
# %% show
df.head()
# %% show_more
from IPython.display import display
display(df)
df.describe()
# %% use
n = len(df)

# case: an expression shown at the end of a cell changes something
# expect: equal
# %% make
rows = [3, 1]
# %% change
rows.pop()
# %% use
seen = rows

# case: a semicolon, and several statements on a line
# expect: equal
# %% make
a = 1; b = 2; a + b;
# %% use
c = a + b; c

# case: help and a question mark
# expect: equal
# %% make
x = [1]
# %% ask
x?
# %% use
n = len(x)

# case: get_ipython within code
# expect: refused: get_ipython
# %% make
get_ipython().run_line_magic('time', 'x = 1')
# %% use
y = 2

# case: reset removes names
# expect: refused: %reset
# %% make
x = 1
# %% reset
%reset -f
# %% use
y = 2

# case: store brings a value
# expect: refused: %store
# %% make
%store -r something
# %% use
y = 2

# case: input is asked for
# expect: refused: input()
# %% make
name = input('who? ')
# %% use
n = len(name)

# case: await at the top
# expect: equal
# %% make
import asyncio
async def slowly(x):
    await asyncio.sleep(0)
    return x * 2
value = await slowly(4)
# %% use
values = await asyncio.gather(slowly(1), slowly(2))
# %% more
total = value + sum(values)

# case: a task started in one step and awaited in the next
# expect: refused: task
# %% make
import asyncio
async def slowly(x):
    await asyncio.sleep(0)
    return x * 2
task = asyncio.ensure_future(slowly(4))
await asyncio.sleep(0)
# %% use
value = await task

# case: async with and async for at the top
# expect: equal
# %% make
import contextlib
@contextlib.asynccontextmanager
async def opened(n):
    yield n
async def numbers(n):
    for i in range(n):
        yield i
# %% use
async with opened(3) as n:
    values = [i async for i in numbers(n)]
# %% more
total = sum(values)

# case: sys.argv
# expect: refused: sys.argv
# %% make
import sys
program = sys.argv[0]
# %% use
n = 1

# case: __name__ is __main__
# expect: equal
# %% make
name = __name__
# %% use
if __name__ == '__main__':
    ran = True

# case: __file__ is not there in a notebook
# expect: equal
# %% make
try:
    here = __file__
except NameError:
    here = None
# %% use
found = here is None

# case: exit and quit
# expect: equal
# %% make
x = 1
if x > 5:
    exit()
# %% use
y = 2
