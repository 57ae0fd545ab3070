#include <vethwork/plan/namespace_operation.hpp>

namespace vethwork::plan {

namespace {

Result<std::string> take_name(WordReader& words) {
    if (words.done()) return lookup_error("No netns name specified");
    return words.take();
}

}  // namespace

std::string AddNamespace::describe() const { return fmt::format("add namespace \"{}\"", name); }
std::string DeleteNamespace::describe() const { return fmt::format("delete namespace \"{}\"", name); }
std::string AttachNamespace::describe() const {
    return fmt::format("name the namespace of process {} \"{}\"", pid, name);
}
std::string SetNamespaceId::describe() const {
    return fmt::format("give namespace \"{}\" the id {}", name, nsid ? std::to_string(*nsid) : "auto");
}

std::vector<std::string> AddNamespace::words() const { return {"netns", "add", name}; }
std::vector<std::string> DeleteNamespace::words() const { return {"netns", "delete", name}; }
std::vector<std::string> AttachNamespace::words() const {
    return {"netns", "attach", name, std::to_string(pid)};
}
std::vector<std::string> SetNamespaceId::words() const {
    return {"netns", "set", name, nsid ? std::to_string(*nsid) : "auto"};
}

Result<AddNamespace> parse_namespace_add(WordReader& words) { return AddNamespace{TRY(take_name(words))}; }

Result<DeleteNamespace> parse_namespace_delete(WordReader& words) {
    return DeleteNamespace{TRY(take_name(words))};
}

Result<AttachNamespace> parse_namespace_attach(WordReader& words) {
    if (words.rest().size() < 2) return lookup_error("No netns name and PID specified");
    AttachNamespace attach{.name = words.take()};
    auto const pid = parse_number<std::int32_t>(words.peek());
    if (!pid || *pid == 0) return lookup_error(fmt::format("Invalid PID: {}", words.peek()));
    words.skip();
    attach.pid = *pid;
    return attach;
}

Result<SetNamespaceId> parse_namespace_set(WordReader& words) {
    SetNamespaceId set{.name = TRY(take_name(words)), .nsid = {}};
    if (words.done()) return lookup_error("No nsid specified");
    auto const word = words.take();
    if (word == "auto") return set;
    set.nsid = parse_number<std::int32_t>(word);
    if (!set.nsid) return wrong_argument("Invalid \"netnsid\" value", word);
    if (*set.nsid < 0) return wrong_argument("\"netnsid\" value should be >= 0", word);
    return set;
}

}  // namespace vethwork::plan
