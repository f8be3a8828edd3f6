# case: a script's names come into the notebook
# expect: equal
# %% file prepare.py
import math
rate = 0.5
values = [math.sqrt(x) * rate for x in range(4)]
def scaled(x):
    return x * 3
# %% run
%run prepare.py
# %% use
total = scaled(sum(values))
rate = rate + 1

# case: a script by its name without an ending, among other code
# expect: equal
# %% file prepare.py
made = [1, 2]
# %% run
before = 1
%run prepare
made.append(3)
# %% use
n = len(made) + before

# case: a notebook, run in the notebook's own variables
# expect: equal
# %% file setup.ipynb
import json
base = start + 1
# %
%%time
words = json.dumps({'base': base})
# %
%matplotlib inline
def shout(text):
    return text.upper() + str(base)
# %% make
start = 4
# %% run
%run setup.ipynb
# %% use
base = 100
text = shout(words)

# case: a notebook that runs another
# expect: equal
# %% file outer.ipynb
%run inner.ipynb
outer = inner * 2
# %% file inner.ipynb
inner = 21
# %% run
%run ./outer.ipynb
# %% use
answer = outer + inner

# case: notebooks that run one another
# expect: refused: comes back to one.ipynb
# %% file one.ipynb
%run two.ipynb
# %% file two.ipynb
%run one.ipynb
# %% run
%run one.ipynb
# %% use
x = 1

# case: a file that is not there
# expect: refused: which is not there
# %% run
%run nowhere.py
# %% use
x = 1

# case: words handed to a script
# expect: refused: hands words to the file
# %% file prepare.py
import sys
n = int(sys.argv[1])
# %% run
%run prepare.py 5
# %% use
x = n

# case: a script in the notebook's variables
# expect: equal
# %% file change.py
rows.append(2)
def add(x):
    rows.append(x)
# %% make
rows = [1]
# %% run
%run -i change.py
# %% use
add(3)
n = len(rows)

# case: a script keeps a variable that the notebook binds anew
# expect: refused: keep a rate of their own
# %% file prepare.py
rate = 0.5
def scaled(x):
    return x * rate
# %% run
%run prepare.py
# %% change
rate = 2
# %% use
total = scaled(10)

# case: a script's function that rebinds its variable
# expect: refused: keep a count of their own
# %% file prepare.py
count = 0
def up():
    global count
    count += 1
    return count
# %% run
%run prepare.py
# %% use
first = up()
seen = count

# case: a script that asks whether a variable of the notebook is there
# expect: refused: variables of its own
# %% file prepare.py
try:
    found = size
except NameError:
    found = 0
# %% make
size = 5
# %% run
%run prepare.py
# %% use
n = found

# case: a script's functions and its variable, both left alone
# expect: equal
# %% file prepare.py
rate = 0.5
class Scaler:
    def __init__(self, rate):
        self.rate = rate
    def __call__(self, x):
        return x * self.rate
if __name__ == '__main__':
    ran = True
# %% run
%run prepare.py
# %% make
scaler = Scaler(rate)
# %% use
total = scaler(10)
was = ran

# case: a script that leaves early
# expect: refused: may leave by
# %% file prepare.py
import sys
x = 1
if x:
    sys.exit(0)
# %% run
%run prepare.py
# %% use
y = 2

# case: a script that asks for its own place
# expect: refused: __file__
# %% file prepare.py
import os
here = os.path.basename(__file__)
# %% run
%run prepare.py
# %% use
y = here

# case: a notebook with a shell cell
# expect: refused: begins with %%bash
# %% file setup.ipynb
x = 1
# %
%%bash
echo hello
# %% run
%run setup.ipynb
# %% use
y = 2

# case: run within a condition
# expect: refused: %run
# %% file prepare.py
x = 1
# %% run
if True:
    %run prepare.py
# %% use
y = x

# case: what a script changes in the process
# expect: equal
# %% file prepare.py
import os, random
os.environ['HARD_CASE_RUN'] = '1'
random.seed(3)
drawn = random.random()
with open('made.txt', 'w') as file:
    file.write('made')
# %% run
%run prepare.py
# %% use
import os, random
again = random.random()
text = open('made.txt').read() + os.environ['HARD_CASE_RUN']
