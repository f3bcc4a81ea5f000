package io.mika.env;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a comma-separated list of {@code host:port}. */
final class BrokerAddresses {
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:[a-zA-Z0-9._-]+|\\[[a-fA-F0-9:.]+(?:%[a-zA-Z0-9._-]+)?]):([0-9]{1,5})");

    private BrokerAddresses() {}

    /** The addresses that are right; of each other one a problem that begins with the label. */
    static List<String> parse(String label, String text, List<String> problems) {
        List<String> addresses = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            String address = entry.strip();
            if (address.isEmpty()) {
                problems.add(label + ": \"" + text + "\" has an empty entry");
            } else if (isHostAndPort(address)) {
                addresses.add(address);
            } else {
                problems.add(label + ": \"" + address + "\" is not host:port");
            }
        }
        return List.copyOf(addresses);
    }

    private static boolean isHostAndPort(String address) {
        Matcher matcher = HOST_AND_PORT.matcher(address);
        if (!matcher.matches()) {
            return false;
        }
        int port = Integer.parseInt(matcher.group(1));
        return port >= 1 && port <= 65_535;
    }
}
