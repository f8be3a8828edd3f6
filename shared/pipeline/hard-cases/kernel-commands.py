# case: cd, and files by their name there
# expect: equal
# %% make
!mkdir -p inner
%cd inner
with open('a.txt', 'w') as file:
    file.write('in the folder')
# %% use
import os
here = os.path.basename(os.getcwd())
text = open('a.txt').read()

# case: cd and back
# expect: equal
# %% make
!mkdir -p inner/deeper
%cd inner/deeper
%cd ../..
# %% use
import os
found = os.path.isdir('inner')

# case: cd to a folder that is not there
# expect: equal
# %% make
%cd no_such_folder
# %% use
import os
found = os.path.isdir('no_such_folder')

# case: cd to the home folder
# expect: refused: %cd
# %% make
%cd
# %% use
x = 1

# case: cd by a path of this computer
# expect: refused: %cd
# %% make
%cd /content/drive
# %% use
x = 1

# case: cd by a variable
# expect: refused: %cd
# %% make
folder = 'inner'
%cd $folder
# %% use
x = 1

# case: out of the folders
# expect: refused: %pushd
# %% make
!mkdir -p inner
%pushd inner
# %% use
x = 1

# case: env sets a variable
# expect: equal
# %% make
%env HARD_CASE_ONE=1
%env HARD_CASE_TWO two words
%set_env HARD_CASE_THREE = a=b
# %% use
import os
values = [os.environ.get('HARD_CASE_' + name) for name in ('ONE', 'TWO', 'THREE')]

# case: env keeps its quotes
# expect: equal
# %% make
%env HARD_CASE="quoted"
# %% use
import os
value = os.environ['HARD_CASE']

# case: env takes the value of a variable
# expect: equal
# %% make
name = 'x'
%env HARD_CASE=$name-{name.upper()}
# %% use
import os
value = os.environ['HARD_CASE']

# case: env is set before an import in the same cell reads it
# expect: equal
# %% make
%env HARD_CASE=1
import os
value = os.environ['HARD_CASE']
# %% use
more = value + os.environ['HARD_CASE']

# case: env only shows
# expect: equal
# %% make
%env HOME
%env
# %% use
x = 1

# case: env as a value
# expect: refused: %env
# %% make
home = %env HOME
# %% use
n = len(home)

# case: writefile, and the module is imported
# expect: equal
# %% write
%%writefile written_one.py
"""A module with 'quotes' and a back\\slash."""
TEXT = """several
  lines \t of "text" """

def f(x):
    return x + 7
# %% use
import written_one
x = written_one.f(1)
text = written_one.TEXT

# case: writefile in the step that imports the module
# expect: equal
# %% write
%%writefile written_two.py
def f(x):
    return x + 7
# %% write
from written_two import f
x = f(1)
# %% use
y = f(x)

# case: a function of the notebook uses a module that it wrote
# expect: equal
# %% write
%%writefile written_three.py
def f(x):
    return x + 7
# %% make
import written_three
def g(x):
    return written_three.f(x) * 2
# %% use
y = g(1)

# case: writefile appends
# expect: equal
# %% write
%%writefile a.csv
name,value
one,1
# %% more
%%writefile -a a.csv
two,2
# %% read
import pandas as pd
table = pd.read_csv('a.csv')
total = int(table['value'].sum())

# case: %%file is the same
# expect: equal
# %% write
%%file settings.json
{"a": [1, 2], "b": "{c} $d"}
# %% read
import json
settings = json.load(open('settings.json'))

# case: writefile by a variable
# expect: refused: %%writefile
# %% make
name = 'a.txt'
# %% write
%%writefile {name}
hello
# %% read
text = open('a.txt').read()

# case: writefile without a name
# expect: refused: %%writefile
# %% write
%%writefile
hello
# %% read
x = 1

# case: a package that is there is installed again
# expect: equal
# %% make
%pip install -q numpy
!pip --version > /dev/null
# %% use
import numpy as np
x = int(np.arange(3).sum())

# case: pip without a percent sign
# expect: equal
# %% install
pip install -q numpy
# %% use
x = 1

# case: the names chosen are removed
# expect: refused: %reset_selective
# %% make
x = 1
# %% reset
%reset_selective -f x
# %% use
y = 2

# case: cells run again by their number
# expect: refused: %rerun
# %% make
rows = []
# %% again
%rerun 1
# %% use
n = len(rows)
