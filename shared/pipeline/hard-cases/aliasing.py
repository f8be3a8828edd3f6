# case: df2 = df, and a column is added to df2 in the next step
# expect: equal
# %% load
import pandas as pd
df = pd.DataFrame({'a': [1, 2, 3]})
df2 = df
# %% change
df2['x'] = df['a'] * 10
# %% look
columns = list(df.columns)
same = df is df2

# case: a list within a dict, appended to by its own name
# expect: equal
# %% make
rows = [1, 2]
holder = {'rows': rows, 'n': 2}
# %% change
rows.append(3)
# %% look
held = list(holder['rows'])
holder['rows'].append(4)
total = sum(rows)

# case: a copy stays apart from what it was copied from
# expect: equal
# %% make
first = [[1], [2]]
shallow = list(first)
deep = [list(each) for each in first]
# %% change
first[0].append(9)
first.append([3])
# %% look
seen = (first, shallow, deep)

# case: a numpy view of a base that a later step changes
# expect: equal
# %% make
import numpy as np
base = np.arange(12.0).reshape(3, 4)
view = base[1]
# %% change
view[:] = -1
# %% look
total = float(base.sum())
base[1, 0] = 100
first = float(view[0])

# case: two views of a base that has no name any more
# expect: equal
# %% make
import numpy as np
base = np.zeros(6)
left, right = base[:4], base[2:]
del base
# %% change
left[3] = 5
# %% look
seen = right.tolist()

# case: a transposed array is written to
# expect: equal
# %% make
import numpy as np
m = np.arange(6).reshape(2, 3)
t = m.T
# %% change
t[2, 0] = 99
# %% look
corner = int(m[0, 2])

# case: the same default list for every key
# expect: equal
# %% make
shared = []
table = dict.fromkeys(['a', 'b'], shared)
# %% change
table['a'].append(1)
# %% look
both = (table['b'], shared)

# case: rows of a list of lists that are one list
# expect: equal
# %% make
grid = [[0] * 2] * 3
# %% change
grid[0][1] = 7
# %% look
flat = [value for row in grid for value in row]

# case: a tuple that holds a list
# expect: equal
# %% make
inner = [1]
pair = (inner, 'x')
# %% change
pair[0].append(2)
# %% look
seen = list(inner)

# case: a swap of two names
# expect: equal
# %% make
a, b = [1], [2]
c = a
# %% swap
a, b = b, a
# %% change
a.append(10)
c.append(20)
# %% look
seen = (a, b, c)

# case: augmented assignment changes the list another name stands for
# expect: equal
# %% make
a = [1]
b = a
n = 1
m = n
# %% change
a += [2]
n += 1
# %% look
seen = (b, m, a is b)

# case: augmented assignment of an array another name stands for
# expect: equal
# %% make
import numpy as np
a = np.ones(3)
b = a
# %% change
a *= 2
a = a + 1
# %% look
seen = (a.tolist(), b.tolist())

# case: an object that is its own element
# expect: equal
# %% make
loop = [1]
loop.append(loop)
# %% change
loop[1][1].append('end')
# %% look
length = len(loop)
is_self = loop[1] is loop
del loop

# case: two objects that refer to each other
# expect: equal
# %% classes
class Node:
    def __init__(self, name):
        self.name, self.other = name, None
# %% make
one, two = Node('one'), Node('two')
one.other, two.other = two, one
# %% change
one.other.name = 'changed'
# %% look
seen = (two.name, one.other.other is one)

# case: identity of an object across steps
# expect: equal
# %% make
key = object()
table = {key: 1}
also = key
# %% look
found = table.get(also)
same = key is also
del key, table, also

# case: a slice of a frame is changed after it was taken
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': range(5), 'b': range(5)})
part = df[df['a'] > 2]
column = df['b']
# %% change
part = part.assign(c=1)
df.loc[0, 'b'] = 50
# %% look
seen = (part['c'].sum(), int(column[0]), int(df['b'][0]))

# case: a name handed on by a function is the same object
# expect: equal
# %% functions
def same(x):
    return x
# %% make
rows = [3, 1, 2]
alias = same(rows)
# %% change
alias.sort()
# %% look
first = rows[0]

# case: an element of a list has a name of its own
# expect: equal
# %% make
people = [{'name': 'a'}, {'name': 'b'}]
last = people[-1]
# %% change
last['age'] = 5
# %% look
ages = [each.get('age') for each in people]

# case: a chain of three names, the middle one rebound
# expect: equal
# %% make
a = {'n': 0}
b = a
c = b
# %% rebind
b = {'n': 100}
# %% change
a['n'] += 1
c['n'] += 1
b['n'] += 1
# %% look
seen = (a['n'], b['n'], c['n'])

# case: an alias made in the second step of an object of the first, changed in the third
# expect: equal
# %% make
data = [1]
# %% alias
other = data
# %% change
other.append(2)
# %% look
seen = list(data)

# case: a memoryview of a bytearray
# expect: refused: view
# %% make
raw = bytearray(b'hello')
view = memoryview(raw)
# %% change
view[0] = 72
# %% look
text = raw.decode()
