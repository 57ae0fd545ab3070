#include "support/command.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <vethwork/base/fd.hpp>

namespace vethwork::test {

namespace {

/// A nameless file in memory that holds `text`, at its beginning.
Fd file_of(std::string_view text) {
    std::FILE* const file = std::tmpfile();
    Fd fd(::dup(::fileno(file)));
    std::fclose(file);
    (void)write_all(fd.get(), text);
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

std::string text_of(Fd const& fd) {
    ::lseek(fd.get(), 0, SEEK_SET);
    return read_all(fd.get()).value();
}

}  // namespace

void look_for_no_leaks() { ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1); }

Outcome run(std::vector<std::string> const& words, std::string_view input) {
    Fd const in = file_of(input), out = file_of({}), err = file_of({});
    std::vector<char*> arguments;
    for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t const child = ::fork();
    if (child == 0) {
        ::dup2(in.get(), 0);
        ::dup2(out.get(), 1);
        ::dup2(err.get(), 2);
        ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
    }
    int const code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, text_of(out), text_of(err)};
}

Outcome shell(std::string const& line) { return run({"/bin/sh", "-c", line}); }

bool has_program(std::string const& name) {
    for (std::string const folder : {"/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
        if (::access((folder + name).c_str(), X_OK) == 0) return true;
    return false;
}

}  // namespace vethwork::test
