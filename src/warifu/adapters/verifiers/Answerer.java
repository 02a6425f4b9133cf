import java.io.*;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.*;
import java.util.*;
import javax.net.ssl.*;

/** Answers path questions with this Java's own trust manager. */
public final class Answerer {
    private static final List<X509Certificate> certificates = new ArrayList<>();
    private static final List<X509CRL> lists = new ArrayList<>();

    public static void main(String[] unused) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        out.println("engine java " + System.getProperty("java.version"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] word = line.split(" ");
            if (word[0].equals("cert")) {
                certificates.add(certificate(factory, word[1]));
            } else if (word[0].equals("crl")) {
                lists.add(list(factory, word[1]));
            } else if (word[0].equals("ask")) {
                out.println(answer(word));
            }
        }
        out.flush();
    }

    private static X509Certificate certificate(CertificateFactory factory, String text) {
        try {
            return (X509Certificate) factory.generateCertificate(stream(text));
        } catch (CertificateException unreadable) {
            return null;
        }
    }

    private static X509CRL list(CertificateFactory factory, String text) {
        try {
            return (X509CRL) factory.generateCRL(stream(text));
        } catch (CRLException unreadable) {
            return null;
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(Base64.getDecoder().decode(text));
    }

    /** The words: ask, leaf and chain, anchors, CRLs, CRL mode, purpose, seconds, name. */
    private static String answer(String[] word) {
        List<X509Certificate> chain = pick(certificates, word[1]);
        List<X509Certificate> anchors = pick(certificates, word[2]);
        List<X509CRL> crls = pick(lists, word[3]);
        if (chain.contains(null) || anchors.contains(null) || crls.contains(null)) {
            return "lack what was given cannot be read";
        }
        if (anchors.isEmpty()) {
            return "no the trust store is empty"; // PKIX parameters refuse to be empty
        }
        try {
            verify(chain, anchors, crls, word);
            return "yes";
        } catch (CertificateException refused) {
            return "no " + said(refused);
        } catch (Exception fault) {
            return "lack " + said(fault);
        }
    }

    private static void verify(List<X509Certificate> chain, List<X509Certificate> anchors, List<X509CRL> crls, String[] word) throws Exception {
        Set<TrustAnchor> trusted = new LinkedHashSet<>();
        for (X509Certificate one : anchors) {
            trusted.add(new TrustAnchor(one, null));
        }
        PKIXBuilderParameters asked = new PKIXBuilderParameters(trusted, new X509CertSelector());
        asked.setDate(new Date(Long.parseLong(word[6]) * 1000));
        asked.setRevocationEnabled(!word[4].equals("off"));
        if (!word[4].equals("off")) {
            PKIXRevocationChecker checker = (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            Set<PKIXRevocationChecker.Option> options = EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK);
            if (word[4].equals("leaf")) {
                options.add(PKIXRevocationChecker.Option.ONLY_END_ENTITY);
            }
            checker.setOptions(options);
            asked.addCertPathChecker(checker);
            asked.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
        }
        TrustManagerFactory makers = TrustManagerFactory.getInstance("PKIX");
        makers.init(new CertPathTrustManagerParameters(asked));
        X509ExtendedTrustManager manager = (X509ExtendedTrustManager) makers.getTrustManagers()[0];
        X509Certificate[] sent = chain.toArray(new X509Certificate[0]);
        String name = word[7].equals("-") ? "" : new String(Base64.getDecoder().decode(word[7]), StandardCharsets.UTF_8);
        Handshake handshake = new Handshake(name);
        if (word[5].equals("clientAuth")) {
            manager.checkClientTrusted(sent, "UNKNOWN", handshake);
        } else {
            manager.checkServerTrusted(sent, "UNKNOWN", handshake);
        }
    }

    private static <T> List<T> pick(List<T> all, String numbers) {
        List<T> found = new ArrayList<>();
        if (!numbers.equals("-")) {
            for (String number : numbers.split(",")) {
                found.add(all.get(Integer.parseInt(number)));
            }
        }
        return found;
    }

    private static String said(Throwable fault) {
        return String.valueOf(fault.getMessage()).replaceAll("\\s+", " ");
    }

    /** What a trust manager looks at of a handshake: the peer's name, and that it shall be compared. */
    private static final class Handshake extends SSLEngine {
        private final SSLParameters parameters = new SSLParameters();
        private final SSLSession session;

        Handshake(String name) throws Exception {
            super(name.isEmpty() ? null : name, 443);
            SSLEngine real = SSLContext.getDefault().createSSLEngine(getPeerHost(), 443);
            session = (SSLSession) java.lang.reflect.Proxy.newProxyInstance(Answerer.class.getClassLoader(), new Class<?>[] {SSLSession.class},
                (proxy, method, values) -> method.getName().equals("getPeerHost") ? getPeerHost() : method.getName().equals("getProtocol") ? "TLSv1.3" : method.invoke(real.getSession(), values));
            if (!name.isEmpty()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
        }
        public SSLSession getHandshakeSession() { return session; }
        public SSLSession getSession() { return session; }
        public SSLParameters getSSLParameters() { return parameters; }
        public void beginHandshake() { }
        public void closeInbound() { }
        public void closeOutbound() { }
        public Runnable getDelegatedTask() { return null; }
        public boolean getEnableSessionCreation() { return true; }
        public String[] getEnabledCipherSuites() { return new String[0]; }
        public String[] getEnabledProtocols() { return new String[0]; }
        public SSLEngineResult.HandshakeStatus getHandshakeStatus() { return SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING; }
        public boolean getNeedClientAuth() { return false; }
        public String[] getSupportedCipherSuites() { return new String[0]; }
        public String[] getSupportedProtocols() { return new String[0]; }
        public boolean getUseClientMode() { return true; }
        public boolean getWantClientAuth() { return false; }
        public boolean isInboundDone() { return false; }
        public boolean isOutboundDone() { return false; }
        public void setEnableSessionCreation(boolean on) { }
        public void setEnabledCipherSuites(String[] names) { }
        public void setEnabledProtocols(String[] names) { }
        public void setNeedClientAuth(boolean on) { }
        public void setUseClientMode(boolean on) { }
        public void setWantClientAuth(boolean on) { }
        public SSLEngineResult unwrap(java.nio.ByteBuffer source, java.nio.ByteBuffer[] to, int from, int count) { return null; }
        public SSLEngineResult wrap(java.nio.ByteBuffer[] from, int start, int count, java.nio.ByteBuffer to) { return null; }
    }
}
