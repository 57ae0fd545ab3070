#include "ip/batch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "ip/batch_lines.hpp"
#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

constexpr int failure = 1;

void complain_of_line(std::string const& file, int line) {
    fmt::print(stderr, "Command failed {}:{}\n", file, line);
}

/// The lines one after the other; whether each has succeeded is the status of the whole.
int run_lines(Session& session, BatchLines& lines, BatchWindow& window, std::string const& file) {
    int status = 0;
    for (;;) {
        auto line = lines.next();
        if (!line) return session.complain(line.error());
        if (!*line) break;
        session.set_batch_line((*line)->number);
        plan::WordReader words((*line)->words);
        bool const succeeded = run_object(session, words) == 0;
        if (session.must_end()) return *session.must_end();
        bool const stopped = window.failed() && !session.options().force;
        if (stopped) return failure;
        if (succeeded) continue;
        status = failure;
        complain_of_line(file, (*line)->number);
        if (!session.options().force) break;
    }
    (void)session.settle();
    if (lines.cut_short()) session.tell(lookup_error("Missing continuation line"));
    return window.failed() ? failure : status;
}

}  // namespace

int run_batch(Session& session, std::string const& file) {
    Fd input;
    if (file != "-") {
        auto opened = open_file(file, O_RDONLY);
        if (!opened)
            return session.complain(
                lookup_error(opened.error().code, fmt::format("Cannot open file \"{}\" for reading", file)));
        input = std::move(*opened);
    }
    BatchWindow window(session.options().force ? AfterError::go_on : AfterError::stop,
                       [&](Error const& error, int line) {
                           session.tell(error);
                           complain_of_line(file, line);
                       });
    BatchLines lines(input.is_open() ? input.get() : STDIN_FILENO, [&session] { session.flush(); });
    session.set_batch(&window);
    int const status = run_lines(session, lines, window, file);
    session.set_batch(nullptr);
    return status;
}

}  // namespace vethwork::app
