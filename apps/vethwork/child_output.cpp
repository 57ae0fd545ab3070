#include "child_output.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include <vethwork/base/fd.hpp>

namespace vethwork::app {

namespace {

std::string read_to_end(int fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(fd, buffer, sizeof buffer)) != 0;) {
        if (count > 0)
            text.append(buffer, static_cast<std::size_t>(count));
        else if (errno != EINTR)
            break;
    }
    return text;
}

}  // namespace

std::string output_of_child(std::function<void(int writing_end)> const& work) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    Fd const reading(ends[0]);
    Fd writing(ends[1]);
    std::fflush(nullptr);
    pid_t const child = ::fork();
    if (child == 0) {
        work(writing.get());
        std::fflush(nullptr);
        ::_exit(0);
    }
    writing.reset();
    auto text = read_to_end(reading.get());
    while (child > 0 && ::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return text;
}

int exit_status_of(pid_t child) {
    constexpr int by_signal = 128;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : by_signal + WTERMSIG(status);
}

}  // namespace vethwork::app
