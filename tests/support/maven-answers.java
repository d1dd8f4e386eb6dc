import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** Each line is two texts with a tab between them, and has its answer as a line. */
public class MavenAnswers {
  public static void main(String[] args) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] pair = line.split("\t", -1);
      out.println(args[0].equals("compare") ? compare(pair[0], pair[1]) : admits(pair[0], pair[1]));
    }
    out.flush();
  }

  private static String compare(String a, String b) {
    int sign = Integer.signum(new ComparableVersion(a).compareTo(new ComparableVersion(b)));
    return sign < 0 ? "<" : sign == 0 ? "=" : ">";
  }

  private static String admits(String requirement, String version) {
    try {
      return String.valueOf(VersionRange.createFromVersionSpec(requirement).containsVersion(new DefaultArtifactVersion(version)));
    } catch (InvalidVersionSpecificationException e) {
      return "undefined";
    }
  }
}
