"""Runs notebooks in the published tool as a Jupyter kernel: FEED VERSION TOOL OUT NOTEBOOK...

The first cell, which loads the extension from the folder FEED, is not part of what is saved in OUT. Ends with an error if a cell fails that may not, or if one writes to its error stream.
"""
import json
import os
import sys
import time

import nbformat
from nbclient import NotebookClient

# What the package leaves out, and what only a front end has.
DUCKDB = '#r "nuget: DuckDB.NET.Data.Full, 1.5.6.1"'
FRONT_END = '#!javascript'

feed, version, tool, out, *notebooks = sys.argv[1:]
kernel = os.path.join(out, 'kernels', '.net-csharp')
os.makedirs(kernel, exist_ok=True)
with open(os.path.join(kernel, 'kernel.json'), 'w') as file:
    json.dump({'argv': [tool, 'jupyter', '--default-kernel', 'csharp', '{connection_file}'], 'display_name': '.NET (C#)', 'language': 'C#'}, file)
os.environ['JUPYTER_PATH'] = out

failures = []
for path in notebooks:
    name = os.path.basename(path)
    notebook = nbformat.read(path, 4)
    text = '\n'.join(cell.source for cell in notebook.cells if cell.cell_type == 'code')
    load = [f'#i "nuget:{feed}"', f'#r "nuget: GaitProp.Kernel, {version}"'] + ([DUCKDB] if '#!sql' in text else [])
    notebook.cells.insert(0, nbformat.v4.new_code_cell('\n'.join(load)))
    began = time.time()
    # A tool that starts while other tests keep every core busy takes more than the minute that nbclient waits.
    client = NotebookClient(notebook, kernel_name='.net-csharp', timeout=600, startup_timeout=300, allow_errors=True, resources={'metadata': {'path': os.path.dirname(os.path.abspath(path))}})
    try:
        client.execute()
    except Exception as error:
        # A cell that does not end, or a kernel that does: which it was, in a line.
        failures.append(f'{name}: after {time.time() - began:.0f} s {type(error).__name__}: ' + ' '.join(str(error).split())[:400])
        continue
    for position, cell in enumerate(notebook.cells):
        for output in cell.get('outputs', []):
            may_fail = 'raises-exception' in cell.metadata.get('tags', []) or cell.source.startswith(FRONT_END)
            if output.output_type == 'error' and not may_fail:
                failures.append(f'{name}, cell {position}: {output.ename}: {output.evalue}')
            elif output.output_type == 'stream' and output.name == 'stderr' and not may_fail:
                failures.append(f'{name}, cell {position}: {output.text.strip()}')
    notebook.cells.pop(0)
    nbformat.write(notebook, os.path.join(out, name))
    print(f'{name}: {time.time() - began:.0f} s', flush=True)

sys.exit('\n'.join(failures) if failures else 0)
