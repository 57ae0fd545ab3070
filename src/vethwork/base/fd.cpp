#include <vethwork/base/fd.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace vethwork {

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        reset();
        number_ = other.release();
    }
    return *this;
}

int Fd::release() { return std::exchange(number_, -1); }

void Fd::reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<Fd> Fd::duplicate() const {
    int const copy = ::fcntl(number_, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return system_error("duplicate a file descriptor");
    return Fd(copy);
}

Result<Fd> open_file(std::string const& path, int flags, unsigned mode) {
    int const number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (number < 0) return system_error("open \"" + path + "\"");
    return Fd(number);
}

Result<std::string> read_all(int fd) {
    std::string text;
    std::array<char, 65536> chunk;
    for (;;) {
        ssize_t const size = ::read(fd, chunk.data(), chunk.size());
        if (size == 0) return text;
        if (size > 0) {
            text.append(chunk.data(), static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            return system_error("read");
        }
    }
}

Result<std::string> read_file(std::string const& path) {
    Fd const file = TRY(open_file(path, O_RDONLY));
    auto text = read_all(file.get());
    if (!text) return system_error(text.error().code, "read \"" + path + "\"");
    return text;
}

Result<std::string> read_beginning(std::string const& path, std::size_t size) {
    Fd const file = TRY(open_file(path, O_RDONLY));
    std::string text(size, '\0');
    std::size_t known = 0;
    while (known < size) {
        ssize_t const more = ::read(file.get(), &text[known], size - known);
        if (more == 0) break;
        if (more > 0)
            known += static_cast<std::size_t>(more);
        else if (errno != EINTR)
            return system_error("read \"" + path + "\"");
    }
    text.resize(known);
    return text;
}

Result<> write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t const size = ::write(fd, bytes.data(), bytes.size());
        if (size >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            return system_error("write");
        }
    }
    return {};
}

Result<> write_file(std::string const& path, std::string_view bytes) {
    Fd const file = TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    auto written = write_all(file.get(), bytes);
    if (!written) return system_error(written.error().code, "write \"" + path + "\"");
    return {};
}

}  // namespace vethwork
