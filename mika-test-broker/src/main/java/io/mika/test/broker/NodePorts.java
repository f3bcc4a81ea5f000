package io.mika.test.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The ports of a node: for clients, and for the controllers among themselves. */
record NodePorts(int client, int controller) {

    /** Free ones, but for the first node's client port if that is given. All are held until all are found. */
    static List<NodePorts> choose(int nodes, int firstClient) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            List<NodePorts> chosen = new ArrayList<>();
            for (int node = 0; node < nodes; node++) {
                int client = node == 0 && firstClient != 0 ? firstClient : hold(held);
                chosen.add(new NodePorts(client, hold(held)));
            }
            for (ServerSocket socket : held) {
                socket.close();
            }
            return chosen;
        } catch (IOException failed) {
            throw new UncheckedIOException("no free port on loopback", failed);
        }
    }

    private static int hold(List<ServerSocket> held) throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        return socket.getLocalPort();
    }
}
