"""A network between the clients of a server and the server, as bad as it is told to be.

    proxy.py PORT TO_PORT COMMANDS

Connections to PORT are passed on to TO_PORT. The file COMMANDS, read several times a second, holds "DELAY LOSS STATE":
seconds that every piece of data is late, the share of pieces at which a connection breaks, and `up`, or `down`: nothing
arrives any more, and nobody learns of it.
"""

import asyncio
import random
import sys


class Network:
    def __init__(self, port, commands):
        self.port = port
        self.commands = commands
        self.delay, self.loss, self.up = 0.0, 0.0, asyncio.Event()
        self.random = random.Random(1)

    async def follow_commands(self):
        while True:
            with open(self.commands, encoding="ascii") as file:
                words = file.read().split()
            if len(words) == 3:  # a file that is being written is read again
                self.delay, self.loss = float(words[0]), float(words[1])
                if words[2] == "up":
                    self.up.set()
                else:
                    self.up.clear()
            await asyncio.sleep(0.1)

    async def pass_on(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay)
                await self.up.wait()
                if self.random.random() < self.loss:
                    break
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def connect(self, reader, writer):
        await self.up.wait()
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self.pass_on(reader, to_writer), self.pass_on(to_reader, writer))


async def main(port, to_port, commands):
    network = Network(to_port, commands)
    server = await asyncio.start_server(network.connect, "127.0.0.1", port)
    async with server:
        await network.follow_commands()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
