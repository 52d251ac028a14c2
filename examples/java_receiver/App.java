// A Telnyx receiver in Java with nothing but the JDK (17 or newer): java App.java

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

public class App {
    private static final int MOST_BYTES = 1 << 20;
    private static final long TOLERANCE = 300; // seconds

    private static final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>(10_000);

    public static void main(String[] arguments) throws Exception {
        PublicKey key = publicKey(System.getenv("TELNYX_PUBLIC_KEY"));
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newCachedThreadPool()); // otherwise one slow client stops all
        server.createContext("/webhooks", exchange -> receive(exchange, key));
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
        while (true) handle(events.take());
    }

    private static void handle(byte[] event) {
        // Read it with the JSON library of your project, and drop it if you have seen its data.id.
    }

    private static void receive(HttpExchange exchange, PublicKey key) throws IOException {
        try (exchange) {
            // Telnyx signs the raw bytes, so read them before anything decodes them.
            byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
            exchange.sendResponseHeaders(answer(exchange, body, key), -1);
        }
    }

    private static int answer(HttpExchange exchange, byte[] body, PublicKey key) {
        if (!exchange.getRequestMethod().equals("POST")) return 405;
        if (body.length > MOST_BYTES) return 413;
        if (!isGenuine(exchange.getRequestHeaders(), body, key)) return 401;
        return events.offer(body) ? 200 : 503; // Telnyx sends it again later
    }

    private static boolean isGenuine(Headers headers, byte[] body, PublicKey key) {
        try {
            String timestamp = only(headers, "telnyx-timestamp");
            String signature = only(headers, "telnyx-signature-ed25519");
            if (!timestamp.matches("[0-9]{1,12}")) return false;
            if (!signature.matches("[A-Za-z0-9+/]{86}==")) return false; // Java decodes others, too
            long age = Instant.now().getEpochSecond() - Long.parseLong(timestamp);
            if (Math.abs(age) > TOLERANCE) return false;
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update((timestamp + "|").getBytes(StandardCharsets.US_ASCII));
            verifier.update(body);
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException error) {
            return false; // a header is missing or malformed
        }
    }

    private static String only(Headers headers, String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        if (values.size() != 1) throw new IllegalArgumentException(name);
        return values.get(0);
    }

    private static PublicKey publicKey(String base64) throws GeneralSecurityException {
        // Java wants the 32 bytes of the key behind the header of the format SPKI.
        byte[] header = HexFormat.of().parseHex("302a300506032b6570032100");
        byte[] bytes = Base64.getDecoder().decode(base64);
        byte[] encoded = new byte[header.length + bytes.length];
        System.arraycopy(header, 0, encoded, 0, header.length);
        System.arraycopy(bytes, 0, encoded, header.length, bytes.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }
}
