// vethwork logs: what the services of a lab have written, and write.
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include <vethwork/base/text.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

/// One service's log, read on from where it was left off.
class Log {
public:
    Log(std::string service, std::string path) : service_(std::move(service)), path_(std::move(path)) {}

    void print_new(LabOptions const& options) {
        auto const file = open_file(path_, O_RDONLY);
        if (!file || ::lseek(file->get(), offset_, SEEK_SET) < 0) return;
        auto const text = read_all(file->get());
        if (!text) return;
        offset_ += static_cast<off_t>(text->size());
        rest_ += *text;
        std::size_t begin = 0;
        for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
            print(std::string_view(rest_).substr(begin, end - begin), options);
        rest_.erase(0, begin);
    }
    /// What no newline ends.
    void print_rest(LabOptions const& options) { print(std::exchange(rest_, {}), options); }
    [[nodiscard]] std::string folder() const { return path_.substr(0, path_.rfind('/')); }

private:
    void print(std::string_view line, LabOptions const& options) const {
        if (line.empty()) return;
        if (!options.json) return fmt::print("{} | {}\n", service_, line);
        auto const replace = nlohmann::ordered_json::error_handler_t::replace;
        fmt::print("{}\n", nlohmann::ordered_json{{"service", service_}, {"text", line}}.dump(-1, ' ', false,
                                                                                              replace));
    }

    std::string service_, path_, rest_;
    off_t offset_ = 0;
};

/// Until the lab has gone.
int follow(std::vector<Log>& logs, std::string const& folder, LabOptions const& options) {
    constexpr int look_for_lab = 500;  // milliseconds
    Fd const watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    for (auto const& log : logs)
        (void)::inotify_add_watch(watch.get(), log.folder().c_str(), IN_MODIFY | IN_CREATE);
    while (std::filesystem::exists(folder)) {
        for (auto& log : logs) log.print_new(options);
        std::fflush(stdout);
        pollfd change{watch.get(), POLLIN, 0};
        (void)::poll(&change, 1, look_for_lab);
        char events[4096];
        while (::read(watch.get(), events, sizeof events) > 0) {
        }
    }
    return status::ok;
}

}  // namespace

int run_logs(Invocation const& invocation) {
    OptionSet app("Prints what the services of a lab have written, as JSON a line each.", "vethwork logs");
    LabOptions options;
    std::string wanted;
    bool follows = false;
    bind_lab_options(app, options);
    app.add_option("SERVICE", wanted, "NODE/SERVICE, or NODE for all of a node; without it all of them");
    app.add_flag("--follow", follows, "go on with what they write, until Ctrl-C or the end of the lab");
    if (auto const ended = parse_words(app, invocation, "logs")) return *ended;
    auto const record_or = find_record(options, "logs");
    if (auto const* const ended = std::get_if<int>(&record_or)) return *ended;
    auto const& record = std::get<lab::Record>(record_or);
    auto const directory = ground_of(options).directory(record.name);
    auto const loaded = load_record(record, options, "logs");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    std::vector<Log> logs;
    for (auto const& one : services_of(std::get<LoadedLab>(loaded), record.footing))
        if (wanted.empty() || one.full_name() == wanted || one.node == wanted)
            logs.emplace_back(one.full_name(), directory.path_of("log/" + one.full_name()));
    if (logs.empty() && !wanted.empty())
        return complain_of_lab("logs",
                               lookup_error("lab \"" + record.name + "\" has no service \"" + wanted + "\""));
    if (follows) return follow(logs, directory.path(), options);
    for (auto& log : logs) log.print_new(options), log.print_rest(options);
    return status::ok;
}

}  // namespace vethwork::app
