// Runs the Flyway engine through its Java API with the arguments of the command line, and answers as the command line
// does: one JSON document, and the exit code. For engines whose command line can not be had; console text is left out.

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.CompositeResult;
import org.flywaydb.core.api.output.ErrorOutput;
import org.flywaydb.core.api.output.HtmlResult;
import org.flywaydb.core.api.output.OperationResult;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.core.internal.license.FlywayLicensingException;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

public final class EngineRunner {
  /** The command line leaves transient fields out, which the default mapper does not. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(MapperFeature.PROPAGATE_TRANSIENT_MARKER).build();

  private static final int LICENCE_EXIT = 35;

  private final List<String> verbs = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private boolean json = false;
  private FlywayMigrateException failedMigration;

  private EngineRunner(String[] arguments) {
    settings.put("flyway.locations", "filesystem:sql");
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("-")) verbs.add(argument);
      else if (argument.equals("-outputType=json")) json = true;
      else if (equals > 0) settings.put("flyway." + argument.substring(1, equals), argument.substring(equals + 1));
    }
  }

  public static void main(String[] arguments) {
    int exit = new EngineRunner(arguments).run();
    System.out.flush();
    Runtime.getRuntime().halt(exit);
  }

  private int run() {
    try {
      OperationResult result = runVerbs(Flyway.configure().configuration(settings).load());
      print(result);
      return failedMigration == null ? 0 : exitCode(failedMigration);
    } catch (Exception failure) {
      print(ErrorOutput.toOperationResult(failure));
      return exitCode(failure);
    }
  }

  private OperationResult runVerbs(Flyway flyway) {
    List<OperationResult> results = new ArrayList<>();
    for (String verb : verbs) {
      OperationResult result = runVerb(flyway, verb);
      // A failed migration is printed alone, whatever was done before it.
      if (failedMigration != null) return result;
      if (result != null) results.add(result);
    }
    return results.size() == 1 && verbs.size() == 1 ? results.get(0) : new CompositeResult<>(results);
  }

  private OperationResult runVerb(Flyway flyway, String verb) {
    switch (verb) {
      case "migrate":
        return migrate(flyway);
      case "info":
        return flyway.info().getInfoResult();
      case "validate":
        if (json) return flyway.validateWithResult();
        flyway.validate();
        return null;
      case "baseline":
        return flyway.baseline();
      case "repair":
        return flyway.repair();
      case "clean":
        return flyway.clean();
      case "undo":
        return flyway.undo();
      default:
        throw new FlywayException("no such verb: " + verb);
    }
  }

  /** The command line turns the failure of one migration into a result of its own. */
  private OperationResult migrate(Flyway flyway) {
    try {
      return flyway.migrate();
    } catch (FlywayMigrateException failure) {
      failedMigration = failure;
      HtmlResult result = ErrorOutput.fromMigrateException(failure);
      result.setException(failure);
      return result;
    }
  }

  private static int exitCode(Exception failure) {
    if (failure instanceof FlywayLicensingException) return LICENCE_EXIT;
    return failure instanceof FlywayException ? ((FlywayException) failure).getErrorCode().getExitCode() : 1;
  }

  private void print(Object result) {
    if (json) System.out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result));
  }
}
