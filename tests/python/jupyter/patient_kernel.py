"""Python's kernel, which begins once somebody listens to what it publishes: -f CONNECTION_FILE.

The client of the published .NET Interactive waits for the first 'idle' for ever, and misses it where its subscription takes longer to connect than its request. That is its own affair, and not what a test of a notebook is about.
"""

import sys
import time

import zmq
from ipykernel.kernelapp import IPKernelApp
from zmq.utils.monitor import recv_monitor_message

# By then a client that means to listen does.
LIMIT = 60


class PatientKernelApp(IPKernelApp):
    def init_iopub(self, context):
        super().init_iopub(context)
        self.arrivals = self.iopub_thread.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)

    def start(self):
        if self.arrivals.poll(LIMIT * 1000):
            recv_monitor_message(self.arrivals)
            # What it subscribes to comes after its greeting.
            time.sleep(0.5)
        super().start()


PatientKernelApp.launch_instance(sys.argv[1:])
