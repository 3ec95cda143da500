<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About stabilitydl</source>
        <translation>关于 stabilitydl</translation>
    </message>
    <message>
        <source>Downloads packs of AI models, every file on its own: with its own state, lock, progress and failure.</source>
        <translation>下载 AI 模型合集，每个文件各自独立：有自己的状态、锁、进度和失败原因。</translation>
    </message>
    <message>
        <source>Free software under the MIT licence.</source>
        <translation>以 MIT 许可证发布的自由软件。</translation>
    </message>
    <message>
        <source>Data: {folder}</source>
        <translation>数据：{folder}</translation>
    </message>
    <message>
        <source>Settings: {folder}</source>
        <translation>设置：{folder}</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>About Qt</source>
        <translation>关于 Qt</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Accounts</name>
    <message>
        <source>Some files are given only to people who are logged in. Make a token on the page of the hub and paste it here; it is kept in the keyring of the system and sent to that hub only.</source>
        <translation>有些文件只提供给已登录的用户。请在平台的页面上创建令牌并粘贴到此处；令牌保存在系统密钥环中，并且只发送给该平台。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Log out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Get a token</source>
        <translation>获取令牌</translation>
    </message>
    <message>
        <source>Not logged in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>✓ Logged in; the token is kept in the keyring</source>
        <translation>✓ 已登录；令牌保存在密钥环中</translation>
    </message>
    <message>
        <source>✓ Logged in until stabilitydl is closed</source>
        <translation>✓ 已登录，直到关闭 stabilitydl</translation>
    </message>
    <message>
        <source>✓ A token is set in {variable}</source>
        <translation>✓ 已在 {variable} 中设置令牌</translation>
    </message>
    <message>
        <source>✓ A token is in the file {path}</source>
        <translation>✓ 令牌在文件 {path} 中</translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>{count} selected</source>
        <translation>已选 {count} 个</translation>
    </message>
    <message>
        <source>{free} free</source>
        <translation>剩余 {free}</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除选择</translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation>清除选择</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Take off the list; files that are here stay (Delete)</source>
        <translation>从列表中移除；已有的文件会保留（Delete）</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Priority of the selection</source>
        <translation>所选文件的优先级</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限速</translation>
    </message>
    <message>
        <source>Limit speed</source>
        <translation>限速</translation>
    </message>
    <message>
        <source>Speed limit of the selection</source>
        <translation>所选文件的速度限制</translation>
    </message>
    <message>
        <source>More commands</source>
        <translation>更多命令</translation>
    </message>
    <message>
        <source>Start earlier</source>
        <translation>提前开始</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Start later</source>
        <translation>推后开始</translation>
    </message>
    <message>
        <source>Cancel {count}</source>
        <translation>取消 {count} 个</translation>
    </message>
    <message>
        <source>Pause {count}</source>
        <translation>暂停 {count} 个</translation>
    </message>
    <message>
        <source>Resume {count}</source>
        <translation>继续 {count} 个</translation>
    </message>
    <message>
        <source>Retry {count}</source>
        <translation>重试 {count} 个</translation>
    </message>
    <message>
        <source>Download {count} file, {bytes}</source>
        <translation>下载 {count} 个文件，{bytes}</translation>
    </message>
    <message>
        <source>Download {count} files, {bytes}</source>
        <translation>下载 {count} 个文件，{bytes}</translation>
    </message>
</context>
<context>
    <name>Activity</name>
    <message>
        <source>last 2 min · peak {speed}</source>
        <translation>最近 2 分钟 · 峰值 {speed}</translation>
    </message>
    <message>
        <source>file</source>
        <translation>个文件</translation>
    </message>
    <message>
        <source>files</source>
        <translation>个文件</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>正在进行</translation>
    </message>
    <message>
        <source>Speed of the last two minutes</source>
        <translation>最近两分钟的速度</translation>
    </message>
    <message>
        <source>No host is asked right now.</source>
        <translation>当前没有连接任何服务器。</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>当前没有下载。</translation>
    </message>
    <message>
        <source>Close the activity panel</source>
        <translation>收起活动面板</translation>
    </message>
    <message>
        <source>Open the activity panel</source>
        <translation>展开活动面板</translation>
    </message>
    <message>
        <source>{count} running</source>
        <translation>{count} 个正在运行</translation>
    </message>
    <message>
        <source>today {bytes}, {files}</source>
        <translation>今日 {bytes}，{files}</translation>
    </message>
    <message>
        <source>in all {bytes}, {files}</source>
        <translation>累计 {bytes}，{files}</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>还有 {count} 个</translation>
    </message>
    <message>
        <source>waiting {time}, then {count} of {limit} connections</source>
        <translation>等待 {time}，之后 {count} / {limit} 个连接</translation>
    </message>
    <message>
        <source>waiting {time}, {count} of {limit} connections</source>
        <translation>等待 {time}，{count} / {limit} 个连接</translation>
    </message>
    <message>
        <source>waiting {time}</source>
        <translation>等待 {time}</translation>
    </message>
    <message>
        <source>{count} connections</source>
        <translation>{count} 个连接</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>{count} of {limit} connections</source>
        <translation>{count} / {limit} 个连接</translation>
    </message>
    <message>
        <source>checking</source>
        <translation>校验中</translation>
    </message>
</context>
<context>
    <name>AddDialog</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add model pages and files</source>
        <translation>添加模型页面和文件</translation>
    </message>
    <message>
        <source>One address on each line. You see a plan before anything is downloaded.</source>
        <translation>每行一个地址。开始下载之前会先显示计划。</translation>
    </message>
    <message>
        <source>Addresses, one on each line</source>
        <translation>地址，每行一个</translation>
    </message>
    <message>
        <source>Lines that cannot be used</source>
        <translation>无法使用的行</translation>
    </message>
    <message>
        <source>Save to the library, sorted by type and collection</source>
        <translation>保存到模型库，按类型和合集分文件夹</translation>
    </message>
    <message>
        <source>Save to this folder:</source>
        <translation>保存到此文件夹：</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Add list file…</source>
        <translation>添加列表文件…</translation>
    </message>
    <message>
        <source>A text file with addresses, a Metalink or checksum list</source>
        <translation>包含地址的文本文件、Metalink 或校验和列表</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show plan</source>
        <translation>显示计划</translation>
    </message>
    <message>
        <source>Show plan ({keys})</source>
        <translation>显示计划（{keys}）</translation>
    </message>
    <message>
        <source>Reading the lines…</source>
        <translation>正在读取各行…</translation>
    </message>
    <message>
        <source>1 address</source>
        <translation>1 个地址</translation>
    </message>
    <message>
        <source>{count} addresses</source>
        <translation>{count} 个地址</translation>
    </message>
    <message>
        <source>{count} repeated</source>
        <translation>{count} 个重复</translation>
    </message>
    <message>
        <source>⚠ 1 line cannot be used</source>
        <translation>⚠ 1 行无法使用</translation>
    </message>
    <message>
        <source>⚠ {count} lines cannot be used</source>
        <translation>⚠ {count} 行无法使用</translation>
    </message>
    <message>
        <source>Folder for the files</source>
        <translation>存放文件的文件夹</translation>
    </message>
    <message>
        <source>List files</source>
        <translation>列表文件</translation>
    </message>
    <message>
        <source>Line {line}: {problem}</source>
        <translation>第 {line} 行：{problem}</translation>
    </message>
</context>
<context>
    <name>Amounts</name>
    <message>
        <source>{count} d</source>
        <translation>{count} 天</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>updated today</source>
        <translation>今天更新</translation>
    </message>
    <message>
        <source>updated yesterday</source>
        <translation>昨天更新</translation>
    </message>
    <message>
        <source>updated {count} days ago</source>
        <translation>{count} 天前更新</translation>
    </message>
    <message>
        <source>updated {count} months ago</source>
        <translation>{count} 个月前更新</translation>
    </message>
    <message>
        <source>updated {count} years ago</source>
        <translation>{count} 年前更新</translation>
    </message>
</context>
<context>
    <name>Closing</name>
    <message>
        <source>Files are still on their way.</source>
        <translation>还有文件正在下载。</translation>
    </message>
    <message>
        <source>What has come is kept; the rest goes on when stabilitydl is started again.</source>
        <translation>已下载的部分会保留；下次启动 stabilitydl 时继续其余部分。</translation>
    </message>
    <message>
        <source>Keep downloading in the tray</source>
        <translation>在托盘中继续下载</translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation>停止并保留</translation>
    </message>
    <message>
        <source>Always keep downloading in the tray</source>
        <translation>总是在托盘中继续下载</translation>
    </message>
</context>
<context>
    <name>CollectionMenu</name>
    <message>
        <source>four times that of others</source>
        <translation>其他合集的四倍</translation>
    </message>
    <message>
        <source>twice that of others</source>
        <translation>其他合集的两倍</translation>
    </message>
    <message>
        <source>the same as others</source>
        <translation>与其他合集相同</translation>
    </message>
    <message>
        <source>half that of others</source>
        <translation>其他合集的一半</translation>
    </message>
    <message>
        <source>a quarter that of others</source>
        <translation>其他合集的四分之一</translation>
    </message>
    <message>
        <source>Download what is missing…</source>
        <translation>下载缺少的文件…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Share of the speed</source>
        <translation>速度份额</translation>
    </message>
    <message>
        <source>Look whether the files are still here</source>
        <translation>检查文件是否还在</translation>
    </message>
    <message>
        <source>Read the files back and repair them</source>
        <translation>读回文件并修复</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开网页</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
</context>
<context>
    <name>CollectionPane</name>
    <message>
        <source>All collections</source>
        <translation>全部合集</translation>
    </message>
    <message>
        <source>Active now</source>
        <translation>正在进行</translation>
    </message>
    <message>
        <source>Incomplete</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>With failures</source>
        <translation>有失败</translation>
    </message>
    <message>
        <source>Not grouped</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>Hub, type</source>
        <translation>平台、类型</translation>
    </message>
    <message>
        <source>Hub, type, base model</source>
        <translation>平台、类型、基础模型</translation>
    </message>
    <message>
        <source>Hub, type, creator</source>
        <translation>平台、类型、作者</translation>
    </message>
    <message>
        <source>Collections</source>
        <translation>合集</translation>
    </message>
    <message>
        <source>How collections are grouped</source>
        <translation>合集的分组方式</translation>
    </message>
    <message>
        <source>Quarantine</source>
        <translation>隔离区</translation>
    </message>
    <message>
        <source>Files that are not what was promised</source>
        <translation>与承诺不符的文件</translation>
    </message>
    <message>
        <source>{title}, {bytes}</source>
        <translation>{title}，{bytes}</translation>
    </message>
    <message>
        <source>{title}, {count} collections</source>
        <translation>{title}，{count} 个合集</translation>
    </message>
</context>
<context>
    <name>CollectionTree</name>
    <message>
        <source>No type</source>
        <translation>无类型</translation>
    </message>
    <message>
        <source>No base model</source>
        <translation>无基础模型</translation>
    </message>
    <message>
        <source>No creator</source>
        <translation>无作者</translation>
    </message>
    <message>
        <source>{title}, {count} collections</source>
        <translation>{title}，{count} 个合集</translation>
    </message>
    <message>
        <source>{title}, {hub}, {here} of {all} downloaded</source>
        <translation>{title}，{hub}，已下载 {here}/{all}</translation>
    </message>
</context>
<context>
    <name>CollectionView</name>
    <message>
        <source>Collections</source>
        <translation>合集</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>Something went wrong.</source>
        <translation>出现了错误。</translation>
    </message>
    <message>
        <source>Something unexpected happened: {detail}.</source>
        <translation>发生了意外错误：{detail}。</translation>
    </message>
    <message>
        <source>The keyring of this system cannot be used: {detail}.</source>
        <translation>无法使用此系统的密钥环：{detail}。</translation>
    </message>
    <message>
        <source>The downloads are not running.</source>
        <translation>下载引擎没有运行。</translation>
    </message>
    <message>
        <source>Another stabilitydl (process {pid}) runs the downloads of {path} and does not answer.</source>
        <translation>另一个 stabilitydl（进程 {pid}）正在负责 {path} 的下载，但没有响应。</translation>
    </message>
    <message>
        <source>Version {version} of stabilitydl is running (process {pid}); close it first.</source>
        <translation>stabilitydl {version} 版正在运行（进程 {pid}）；请先将其关闭。</translation>
    </message>
    <message>
        <source>It was paused or given up from another window or terminal.</source>
        <translation>它已在另一个窗口或终端中被暂停或放弃。</translation>
    </message>
    <message>
        <source>{detail}</source>
        <translation>{detail}</translation>
    </message>
    <message>
        <source>Cannot tell what “{locator}” is. {hint}</source>
        <translation>无法识别“{locator}”。{hint}</translation>
    </message>
    <message>
        <source>“{text}” is not a checksum; write it as sha256: and 64 hexadecimal digits.</source>
        <translation>“{text}”不是校验和；请写成 sha256: 加 64 位十六进制数字。</translation>
    </message>
    <message>
        <source>“{text}” is not a valid {what}.</source>
        <translation>“{text}”不是有效的 {what}。</translation>
    </message>
    <message>
        <source>{file}, line {line}: {reason}</source>
        <translation>{file}，第 {line} 行：{reason}</translation>
    </message>
    <message>
        <source>Cannot read the list {file}: {reason}</source>
        <translation>无法读取列表 {file}：{reason}</translation>
    </message>
    <message>
        <source>{file}, file {entry}: {reason}</source>
        <translation>{file}，第 {entry} 个文件：{reason}</translation>
    </message>
    <message>
        <source>No collection matches “{name}”.</source>
        <translation>没有与“{name}”匹配的合集。</translation>
    </message>
    <message>
        <source>Nothing matches; there are {count} other files.</source>
        <translation>没有匹配的文件；另有 {count} 个其他文件。</translation>
    </message>
    <message>
        <source>No file has the {what} “{wanted}”; there are: {found}.</source>
        <translation>没有文件的{what}是“{wanted}”；现有：{found}。</translation>
    </message>
    <message>
        <source>This cannot be a token of {hub}; copy it again from the site.</source>
        <translation>这不可能是 {hub} 的令牌；请从网站重新复制。</translation>
    </message>
    <message>
        <source>{hub} does not accept this token; make a new one on its site.</source>
        <translation>{hub} 不接受此令牌；请在其网站上新建一个。</translation>
    </message>
    <message>
        <source>The name “{name}” would leave the folder of the collection and is refused.</source>
        <translation>名称“{name}”会离开合集的文件夹，已拒绝。</translation>
    </message>
    <message>
        <source>The connection to {host} failed: {detail}.</source>
        <translation>与 {host} 的连接失败：{detail}。</translation>
    </message>
    <message>
        <source>{path} is not the file that arrived: {detail}.</source>
        <translation>{path} 已不是当初下载的文件：{detail}。</translation>
    </message>
    <message>
        <source>{path} needs {needed_bytes}, more than the whole drive can hold.</source>
        <translation>{path} 需要 {needed_bytes}，超过整个驱动器的容量。</translation>
    </message>
    <message>
        <source>The unfinished file {path} has another name too, given by a backup or another program, whose contents would change as well. Remove that name and try again, or cancel this file and begin again.</source>
        <translation>未完成的文件 {path} 还有另一个名称，由备份或其他程序所建，继续下载会同时改变它的内容。请删除那个名称后重试，或者取消此文件后重新开始。</translation>
    </message>
    <message>
        <source>The drive of {path} does not answer.</source>
        <translation>{path} 所在的驱动器没有响应。</translation>
    </message>
    <message>
        <source>The owner is written “{name}”, with letters that only look like Latin ones ({letters}). It may not be who you think.</source>
        <translation>作者名写作“{name}”，其中有些字母只是看起来像拉丁字母（{letters}）。对方可能并不是您以为的那位。</translation>
    </message>
    <message>
        <source>Cannot connect to {host}.</source>
        <translation>无法连接到 {host}。</translation>
    </message>
    <message>
        <source>The address of {host} cannot be found.</source>
        <translation>找不到 {host} 的地址。</translation>
    </message>
    <message>
        <source>The connection to {host} was lost.</source>
        <translation>与 {host} 的连接已中断。</translation>
    </message>
    <message>
        <source>{host} did not answer in time.</source>
        <translation>{host} 没有及时响应。</translation>
    </message>
    <message>
        <source>{host} sends almost nothing any more.</source>
        <translation>{host} 几乎不再发送数据。</translation>
    </message>
    <message>
        <source>The identity of {host} cannot be confirmed: {detail}.</source>
        <translation>无法确认 {host} 的身份：{detail}。</translation>
    </message>
    <message>
        <source>The proxy does not work: {detail}.</source>
        <translation>代理无法使用：{detail}。</translation>
    </message>
    <message>
        <source>{host} gave an answer that is no use.</source>
        <translation>{host} 的响应无法使用。</translation>
    </message>
    <message>
        <source>{host} is busy and asks to wait.</source>
        <translation>{host} 正忙，请求等待。</translation>
    </message>
    <message>
        <source>{host} reports an error of its own ({status}).</source>
        <translation>{host} 报告自身错误（{status}）。</translation>
    </message>
    <message>
        <source>{host} does not have this file ({status}).</source>
        <translation>{host} 上没有此文件（{status}）。</translation>
    </message>
    <message>
        <source>The file has been removed from {host} ({status}).</source>
        <translation>此文件已从 {host} 移除（{status}）。</translation>
    </message>
    <message>
        <source>{host} gives this file only after a login.</source>
        <translation>{host} 需要登录后才提供此文件。</translation>
    </message>
    <message>
        <source>{host} refuses access to this file ({status}).</source>
        <translation>{host} 拒绝访问此文件（{status}）。</translation>
    </message>
    <message>
        <source>{host} answered with status {status}.</source>
        <translation>{host} 返回了状态 {status}。</translation>
    </message>
    <message>
        <source>{host} broke the rules of HTTP: {detail}.</source>
        <translation>{host} 违反了 HTTP 规则：{detail}。</translation>
    </message>
    <message>
        <source>{host} sent another part of the file than was asked for.</source>
        <translation>{host} 发送的不是所请求的那部分文件。</translation>
    </message>
    <message>
        <source>{host} cannot send a part of this file.</source>
        <translation>{host} 无法只发送此文件的一部分。</translation>
    </message>
    <message>
        <source>The file changed on {host} while it was coming.</source>
        <translation>下载期间 {host} 上的文件发生了变化。</translation>
    </message>
    <message>
        <source>{host} sent a web page instead of the file. It may want a login.</source>
        <translation>{host} 发送的是网页而不是文件，可能需要登录。</translation>
    </message>
    <message>
        <source>{host} compresses the file on the way, so it cannot be checked.</source>
        <translation>{host} 在传输中压缩了文件，因此无法校验。</translation>
    </message>
    <message>
        <source>{host} sent a Git LFS pointer instead of the file.</source>
        <translation>{host} 发送的是 Git LFS 指针而不是文件。</translation>
    </message>
    <message>
        <source>Cannot tell if the file is complete: {host} names neither size nor checksum.</source>
        <translation>无法判断文件是否完整：{host} 既没有给出大小，也没有给出校验和。</translation>
    </message>
    <message>
        <source>{host} redirects in circles.</source>
        <translation>{host} 循环重定向。</translation>
    </message>
    <message>
        <source>{host} redirects to an address that is not safe: {target}.</source>
        <translation>{host} 重定向到不安全的地址：{target}。</translation>
    </message>
    <message>
        <source>{host} leads to an address inside a private network and is refused.</source>
        <translation>{host} 指向内部网络中的地址，已拒绝。</translation>
    </message>
    <message>
        <source>The settings in {path} cannot be read: {detail}</source>
        <translation>{path} 中的设置无法读取：{detail}</translation>
    </message>
    <message>
        <source>The settings in {path} cannot be read ({detail}). What is good of them holds, or what was saved last; the file is kept as {aside}.</source>
        <translation>{path} 中的设置无法读取（{detail}）。其中有效的设置或上次保存的设置继续有效；原文件保存为 {aside}。</translation>
    </message>
    <message>
        <source>{hub} says: {detail}</source>
        <translation>{hub} 提示：{detail}</translation>
    </message>
    <message>
        <source>The answer of {hub} cannot be read: {detail}.</source>
        <translation>无法读取 {hub} 的响应：{detail}。</translation>
    </message>
    <message>
        <source>{hub} has no page {page}; it may be mistyped or removed.</source>
        <translation>{hub} 上没有页面 {page}；可能输入有误或已被移除。</translation>
    </message>
    <message>
        <source>{page} has no revision “{revision}”.</source>
        <translation>{page} 没有版本“{revision}”。</translation>
    </message>
    <message>
        <source>{page} is called {name} now.</source>
        <translation>{page} 现已更名为 {name}。</translation>
    </message>
    <message>
        <source>A {scan} of {hub} warns about “{name}”.</source>
        <translation>{hub} 的扫描（{scan}）对“{name}”发出警告。</translation>
    </message>
    <message>
        <source>Not everything is listed: {hub} gave {count} entries, and then {detail}.</source>
        <translation>并未列出全部内容：{hub} 给出了 {count} 个条目，然后{detail}。</translation>
    </message>
    <message>
        <source>The address of this file was signed, and its secret part is not here any more; paste the address again.</source>
        <translation>此文件的地址带有签名，其保密部分已不在本机；请重新粘贴地址。</translation>
    </message>
    <message>
        <source>{hub} does not give this file.</source>
        <translation>{hub} 不提供此文件。</translation>
    </message>
    <message>
        <source>The author wants you to accept the terms on the page first.</source>
        <translation>作者要求先在页面上接受条款。</translation>
    </message>
    <message>
        <source>In early access until {until}.</source>
        <translation>抢先体验期至 {until}。</translation>
    </message>
    <message>
        <source>Only for people who paid for it.</source>
        <translation>仅提供给已付费的用户。</translation>
    </message>
    <message>
        <source>The author allows use on the hub only, no download.</source>
        <translation>作者只允许在平台上使用，不允许下载。</translation>
    </message>
    <message>
        <source>The author archived this model; its files are not given out.</source>
        <translation>作者已将此模型归档，不再提供其文件。</translation>
    </message>
    <message>
        <source>{hub} took this model down; its files are not given out.</source>
        <translation>{hub} 已下架此模型，不再提供其文件。</translation>
    </message>
    <message>
        <source>“{name}” is a program or script, not a model.</source>
        <translation>“{name}”是程序或脚本，不是模型。</translation>
    </message>
    <message>
        <source>Only offered on {host}, which needs a browser.</source>
        <translation>仅在 {host} 上提供，需要使用浏览器。</translation>
    </message>
    <message>
        <source>Not offered at any web address.</source>
        <translation>没有任何网页地址提供此文件。</translation>
    </message>
    <message>
        <source>{hub} has no {page}, or shows it only to accounts that may see it.</source>
        <translation>{hub} 上没有 {page}，或者只向有权限的账号显示。</translation>
    </message>
    <message>
        <source>{hub} has closed {page}.</source>
        <translation>{hub} 已关闭 {page}。</translation>
    </message>
    <message>
        <source>Cannot write {path}: {detail}.</source>
        <translation>无法写入 {path}：{detail}。</translation>
    </message>
    <message>
        <source>Not enough space in {path}: {needed_bytes} needed, {free_bytes} free.</source>
        <translation>{path} 的空间不足：需要 {needed_bytes}，剩余 {free_bytes}。</translation>
    </message>
    <message>
        <source>Cannot write into {path}: {detail}.</source>
        <translation>无法写入文件夹 {path}：{detail}。</translation>
    </message>
    <message>
        <source>Cannot write into {path}: the drive can only be read.</source>
        <translation>无法写入 {path}：该驱动器是只读的。</translation>
    </message>
    <message>
        <source>The drive of {path} is not connected.</source>
        <translation>{path} 所在的驱动器未连接。</translation>
    </message>
    <message>
        <source>The drive reports an error while writing {path}: {detail}.</source>
        <translation>写入 {path} 时驱动器报告错误：{detail}。</translation>
    </message>
    <message>
        <source>Another program holds {path} and does not let go.</source>
        <translation>另一个程序正在占用 {path}，一直没有释放。</translation>
    </message>
    <message>
        <source>Another file already lies at {path}; it is left as it is.</source>
        <translation>{path} 处已有另一个文件；保持其原样。</translation>
    </message>
    <message>
        <source>The path of {path} is too long for this drive.</source>
        <translation>{path} 的路径对此驱动器来说过长。</translation>
    </message>
    <message>
        <source>{path} is larger than this drive allows.</source>
        <translation>{path} 超过了此驱动器允许的大小。</translation>
    </message>
    <message>
        <source>Too many files are open at once.</source>
        <translation>同时打开的文件过多。</translation>
    </message>
    <message>
        <source>The unfinished file {path} was changed by another program.</source>
        <translation>未完成的文件 {path} 被其他程序更改。</translation>
    </message>
    <message>
        <source>Another process is downloading {path}.</source>
        <translation>另一个进程正在下载 {path}。</translation>
    </message>
    <message>
        <source>The same file is on its way already as {path}.</source>
        <translation>同一文件已在下载中，将保存为 {path}。</translation>
    </message>
    <message>
        <source>The bytes that arrived are not what was promised.</source>
        <translation>收到的内容与所承诺的不符。</translation>
    </message>
    <message>
        <source>The checksum is wrong: {expected} was promised, {actual} arrived.</source>
        <translation>校验和错误：应为 {expected}，实为 {actual}。</translation>
    </message>
    <message>
        <source>{host} offers {actual_bytes}, the hub promised {expected_bytes}.</source>
        <translation>{host} 提供 {actual_bytes}，而平台声明的是 {expected_bytes}。</translation>
    </message>
    <message>
        <source>The database cannot be used: {detail}.</source>
        <translation>数据库无法使用：{detail}。</translation>
    </message>
    <message>
        <source>The database was written by a newer version of stabilitydl.</source>
        <translation>数据库由更新版本的 stabilitydl 写入。</translation>
    </message>
    <message>
        <source>The database is damaged: {detail}.</source>
        <translation>数据库已损坏：{detail}。</translation>
    </message>
    <message>
        <source>The database {path} lies on another machine; it is slower there, and less safe.</source>
        <translation>数据库 {path} 位于另一台计算机上；那样会更慢，也不够安全。</translation>
    </message>
    <message>
        <source>The database was damaged and is made again, with {files} files; what is missing is found when its page is added again. The old one is kept as {path}.</source>
        <translation>数据库已损坏，现已重建，包含 {files} 个文件；缺少的文件在重新添加其页面时会被找到。旧数据库保留为 {path}。</translation>
    </message>
    <message>
        <source>Another program holds the database.</source>
        <translation>另一个程序正在占用数据库。</translation>
    </message>
    <message>
        <source>There is no space left for the database {path}.</source>
        <translation>没有空间可用于数据库 {path}。</translation>
    </message>
    <message>
        <source>The database {path} cannot be opened for writing: {detail}.</source>
        <translation>无法以写入方式打开数据库 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The file is no longer on the list.</source>
        <translation>此文件已不在列表中。</translation>
    </message>
</context>
<context>
    <name>Failure</name>
    <message>
        <source>Something went wrong</source>
        <translation>出现错误</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>发生意外错误</translation>
    </message>
    <message>
        <source>stabilitydl does not answer</source>
        <translation>stabilitydl 没有响应</translation>
    </message>
    <message>
        <source>Another version is running</source>
        <translation>另一个版本正在运行</translation>
    </message>
    <message>
        <source>Paused or given up elsewhere</source>
        <translation>已在别处暂停或放弃</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>Not an address that is known</source>
        <translation>无法识别的地址</translation>
    </message>
    <message>
        <source>Not a checksum</source>
        <translation>不是校验和</translation>
    </message>
    <message>
        <source>Not a number</source>
        <translation>不是数字</translation>
    </message>
    <message>
        <source>Line cannot be used</source>
        <translation>该行无法使用</translation>
    </message>
    <message>
        <source>List cannot be read</source>
        <translation>无法读取列表</translation>
    </message>
    <message>
        <source>Settings cannot be read</source>
        <translation>设置无法读取</translation>
    </message>
    <message>
        <source>Entry cannot be used</source>
        <translation>该条目无法使用</translation>
    </message>
    <message>
        <source>Collection is not known</source>
        <translation>未知的合集</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>没有匹配项</translation>
    </message>
    <message>
        <source>No file has this</source>
        <translation>没有符合的文件</translation>
    </message>
    <message>
        <source>Unsafe file name</source>
        <translation>不安全的文件名</translation>
    </message>
    <message>
        <source>Connection failed</source>
        <translation>连接失败</translation>
    </message>
    <message>
        <source>Server cannot be reached</source>
        <translation>无法连接服务器</translation>
    </message>
    <message>
        <source>Server cannot be found</source>
        <translation>找不到服务器</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>Server does not answer</source>
        <translation>服务器无响应</translation>
    </message>
    <message>
        <source>Connection stalled</source>
        <translation>连接停滞</translation>
    </message>
    <message>
        <source>Server identity not confirmed</source>
        <translation>无法确认服务器身份</translation>
    </message>
    <message>
        <source>Proxy does not work</source>
        <translation>代理无法使用</translation>
    </message>
    <message>
        <source>Server answer is no use</source>
        <translation>服务器响应无法使用</translation>
    </message>
    <message>
        <source>Server is busy</source>
        <translation>服务器繁忙</translation>
    </message>
    <message>
        <source>Server error {status}</source>
        <translation>服务器错误 {status}</translation>
    </message>
    <message>
        <source>Not found on the server</source>
        <translation>服务器上找不到</translation>
    </message>
    <message>
        <source>Removed from the server</source>
        <translation>已从服务器移除</translation>
    </message>
    <message>
        <source>Needs a {hub} login</source>
        <translation>需要登录 {hub}</translation>
    </message>
    <message>
        <source>Not a token</source>
        <translation>不是令牌</translation>
    </message>
    <message>
        <source>Token is not accepted</source>
        <translation>令牌未被接受</translation>
    </message>
    <message>
        <source>Keyring cannot be used</source>
        <translation>无法使用密钥环</translation>
    </message>
    <message>
        <source>Paste the address again</source>
        <translation>请重新粘贴地址</translation>
    </message>
    <message>
        <source>Access refused</source>
        <translation>拒绝访问</translation>
    </message>
    <message>
        <source>Unexpected answer {status}</source>
        <translation>意外的响应 {status}</translation>
    </message>
    <message>
        <source>Server breaks the rules of HTTP</source>
        <translation>服务器违反 HTTP 规则</translation>
    </message>
    <message>
        <source>Server sent another part</source>
        <translation>服务器发送了其他部分</translation>
    </message>
    <message>
        <source>Server cannot send parts</source>
        <translation>服务器不支持分段下载</translation>
    </message>
    <message>
        <source>File changed on the server</source>
        <translation>服务器上的文件已变化</translation>
    </message>
    <message>
        <source>A web page came instead</source>
        <translation>收到的是网页</translation>
    </message>
    <message>
        <source>Server compresses the file</source>
        <translation>服务器压缩了文件</translation>
    </message>
    <message>
        <source>Git LFS pointer, no file</source>
        <translation>是 Git LFS 指针，不是文件</translation>
    </message>
    <message>
        <source>Size and checksum unknown</source>
        <translation>大小和校验和未知</translation>
    </message>
    <message>
        <source>Redirects in circles</source>
        <translation>循环重定向</translation>
    </message>
    <message>
        <source>Redirect is not safe</source>
        <translation>重定向不安全</translation>
    </message>
    <message>
        <source>Leads into a private network</source>
        <translation>指向内部网络</translation>
    </message>
    <message>
        <source>{hub} reports an error</source>
        <translation>{hub} 报告错误</translation>
    </message>
    <message>
        <source>{hub} answer is unreadable</source>
        <translation>{hub} 的响应无法读取</translation>
    </message>
    <message>
        <source>{hub} has no such page</source>
        <translation>{hub} 上没有此页面</translation>
    </message>
    <message>
        <source>List is not complete</source>
        <translation>列表不完整</translation>
    </message>
    <message>
        <source>No such revision</source>
        <translation>没有此版本</translation>
    </message>
    <message>
        <source>Has another name now</source>
        <translation>现已更名</translation>
    </message>
    <message>
        <source>{hub} warns about it</source>
        <translation>{hub} 对此发出警告</translation>
    </message>
    <message>
        <source>Name looks like another</source>
        <translation>名称与他人相似</translation>
    </message>
    <message>
        <source>{hub} does not give it</source>
        <translation>{hub} 不提供此文件</translation>
    </message>
    <message>
        <source>Accept the terms first</source>
        <translation>请先接受条款</translation>
    </message>
    <message>
        <source>Early access until {until}</source>
        <translation>抢先体验期至 {until}</translation>
    </message>
    <message>
        <source>Only for who paid for it</source>
        <translation>仅限付费用户</translation>
    </message>
    <message>
        <source>Use on the hub only</source>
        <translation>仅限在平台上使用</translation>
    </message>
    <message>
        <source>Archived by its author</source>
        <translation>已被作者归档</translation>
    </message>
    <message>
        <source>Taken down by {hub}</source>
        <translation>已被 {hub} 下架</translation>
    </message>
    <message>
        <source>Needs a browser</source>
        <translation>需要使用浏览器</translation>
    </message>
    <message>
        <source>Not offered on the web</source>
        <translation>网上没有提供</translation>
    </message>
    <message>
        <source>A program, not a model</source>
        <translation>是程序，不是模型</translation>
    </message>
    <message>
        <source>Not there, or private</source>
        <translation>不存在或为私有</translation>
    </message>
    <message>
        <source>Closed by {hub}</source>
        <translation>已被 {hub} 关闭</translation>
    </message>
    <message>
        <source>Cannot be written</source>
        <translation>无法写入</translation>
    </message>
    <message>
        <source>Not enough space</source>
        <translation>空间不足</translation>
    </message>
    <message>
        <source>Folder is not writable</source>
        <translation>文件夹不可写</translation>
    </message>
    <message>
        <source>Drive is read-only</source>
        <translation>磁盘为只读</translation>
    </message>
    <message>
        <source>Drive is not connected</source>
        <translation>驱动器未连接</translation>
    </message>
    <message>
        <source>Drive reports an error</source>
        <translation>驱动器报告错误</translation>
    </message>
    <message>
        <source>Another file is in its place</source>
        <translation>该位置已有其他文件</translation>
    </message>
    <message>
        <source>On its way already</source>
        <translation>已在下载中</translation>
    </message>
    <message>
        <source>Name is too long</source>
        <translation>名称过长</translation>
    </message>
    <message>
        <source>Larger than the whole drive</source>
        <translation>超过整个驱动器的容量</translation>
    </message>
    <message>
        <source>File is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>Another program holds the file</source>
        <translation>另一个程序正在占用该文件</translation>
    </message>
    <message>
        <source>Drive does not answer</source>
        <translation>驱动器没有响应</translation>
    </message>
    <message>
        <source>Too large for this drive</source>
        <translation>超过此驱动器的限制</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>打开的文件过多</translation>
    </message>
    <message>
        <source>Changed by another program</source>
        <translation>被其他程序更改</translation>
    </message>
    <message>
        <source>In use by another program</source>
        <translation>正被其他程序使用</translation>
    </message>
    <message>
        <source>Has a second name</source>
        <translation>还有另一个名称</translation>
    </message>
    <message>
        <source>Wrong contents</source>
        <translation>内容错误</translation>
    </message>
    <message>
        <source>Wrong checksum</source>
        <translation>校验和错误</translation>
    </message>
    <message>
        <source>Wrong size</source>
        <translation>大小错误</translation>
    </message>
    <message>
        <source>Database error</source>
        <translation>数据库错误</translation>
    </message>
    <message>
        <source>Database is newer</source>
        <translation>数据库版本更新</translation>
    </message>
    <message>
        <source>Database is damaged</source>
        <translation>数据库已损坏</translation>
    </message>
    <message>
        <source>Database was made again</source>
        <translation>数据库已重建</translation>
    </message>
    <message>
        <source>Database on another machine</source>
        <translation>数据库位于另一台计算机上</translation>
    </message>
    <message>
        <source>Database is in use</source>
        <translation>数据库正被占用</translation>
    </message>
    <message>
        <source>No space for the database</source>
        <translation>数据库空间不足</translation>
    </message>
    <message>
        <source>Database is not writable</source>
        <translation>数据库不可写</translation>
    </message>
    <message>
        <source>stabilitydl is ending</source>
        <translation>stabilitydl 正在结束</translation>
    </message>
    <message>
        <source>No longer on the list</source>
        <translation>已不在列表中</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>Any size</source>
        <translation>任意大小</translation>
    </message>
    <message>
        <source>Below 100 MB</source>
        <translation>100 MB 以下</translation>
    </message>
    <message>
        <source>100 MB to 1 GB</source>
        <translation>100 MB 至 1 GB</translation>
    </message>
    <message>
        <source>1 to 8 GB</source>
        <translation>1 至 8 GB</translation>
    </message>
    <message>
        <source>Above 8 GB</source>
        <translation>8 GB 以上</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter files by words</source>
        <translation>按关键词筛选文件</translation>
    </message>
    <message>
        <source>Words of the name, version, type, base model or creator (Ctrl+F)</source>
        <translation>名称、版本、类型、基础模型或作者中的关键词（Ctrl+F）</translation>
    </message>
    <message>
        <source>More filters</source>
        <translation>更多筛选条件</translation>
    </message>
    <message>
        <source>Type, base model, version and size</source>
        <translation>类型、基础模型、版本和大小</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Clear all filters</source>
        <translation>清除所有筛选条件</translation>
    </message>
    <message>
        <source>(not said)</source>
        <translation>（未说明）</translation>
    </message>
    <message>
        <source>{name} ({count})</source>
        <translation>{name}（{count}）</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Get the missing file · {bytes}</source>
        <translation>下载缺少的文件 · {bytes}</translation>
    </message>
    <message>
        <source>Get the missing {count} · {bytes}</source>
        <translation>下载缺少的 {count} 个 · {bytes}</translation>
    </message>
    <message>
        <source>More about this collection</source>
        <translation>关于此合集的更多信息</translation>
    </message>
    <message>
        <source>Picture of the collection</source>
        <translation>合集的图片</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>All collections</source>
        <translation>全部合集</translation>
    </message>
    <message>
        <source>downloaded once</source>
        <translation>下载过 1 次</translation>
    </message>
    <message>
        <source>downloaded {count} times</source>
        <translation>下载过 {count} 次</translation>
    </message>
</context>
<context>
    <name>KeptTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Not on the list</source>
        <translation>不在列表中</translation>
    </message>
    <message>
        <source>Nothing on the list refers to it any more.</source>
        <translation>列表中已没有任何项目引用它。</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Texts of all licences</source>
        <translation>所有许可证的全文</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Copied: {locator}</source>
        <translation>已复制：{locator}</translation>
    </message>
    <message>
        <source>Show what it holds</source>
        <translation>查看其内容</translation>
    </message>
    <message>
        <source>Choose another file of this collection in the place of {name}.</source>
        <translation>请在此合集中选择另一个文件来代替 {name}。</translation>
    </message>
    <message>
        <source>{hub} gives some files only after a login</source>
        <translation>{hub} 的部分文件需要登录后才能获取</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>登录…</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Put this notice away</source>
        <translation>收起这条通知</translation>
    </message>
</context>
<context>
    <name>Plan</name>
    <message>
        <source>Plan</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Only add to the list</source>
        <translation>仅添加到列表</translation>
    </message>
    <message>
        <source>Problems while listing</source>
        <translation>读取列表时的问题</translation>
    </message>
    <message>
        <source>All files of the plan</source>
        <translation>计划中的所有文件</translation>
    </message>
    <message>
        <source>Nothing can be listed</source>
        <translation>没有可列出的内容</translation>
    </message>
    <message>
        <source>{count} of unknown size</source>
        <translation>{count} 个大小未知</translation>
    </message>
    <message>
        <source>⚠ There is not enough space. Free some, or switch off a part of the files.</source>
        <translation>⚠ 空间不足。请释放一些空间，或取消勾选部分文件。</translation>
    </message>
    <message>
        <source>Looking at what is missing</source>
        <translation>正在查看缺少的文件</translation>
    </message>
    <message>
        <source>Looking at 1 address</source>
        <translation>正在查看 1 个地址</translation>
    </message>
    <message>
        <source>Looking at {count} addresses</source>
        <translation>正在查看 {count} 个地址</translation>
    </message>
    <message>
        <source>Nothing is downloaded before you say so.</source>
        <translation>在您确认之前不会下载任何内容。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>情况</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>需下载</translation>
    </message>
    <message>
        <source>{count} file, ready</source>
        <translation>{count} 个文件，已就绪</translation>
    </message>
    <message>
        <source>{count} files, ready</source>
        <translation>{count} 个文件，已就绪</translation>
    </message>
    <message>
        <source>{count} file already on this computer</source>
        <translation>{count} 个文件已在本机</translation>
    </message>
    <message>
        <source>{count} files already on this computer</source>
        <translation>{count} 个文件已在本机</translation>
    </message>
    <message>
        <source>{count} file already on its way</source>
        <translation>{count} 个文件已在下载队列中</translation>
    </message>
    <message>
        <source>{count} files already on their way</source>
        <translation>{count} 个文件已在下载队列中</translation>
    </message>
    <message>
        <source>{count} file without a checksum</source>
        <translation>{count} 个文件没有校验和</translation>
    </message>
    <message>
        <source>{count} files without a checksum</source>
        <translation>{count} 个文件没有校验和</translation>
    </message>
    <message>
        <source>{count} file is a pickle ({suffixes})</source>
        <translation>{count} 个文件是 pickle 格式（{suffixes}）</translation>
    </message>
    <message>
        <source>{count} files are pickles ({suffixes})</source>
        <translation>{count} 个文件是 pickle 格式（{suffixes}）</translation>
    </message>
    <message>
        <source>{count} file with a warning</source>
        <translation>{count} 个文件有警告</translation>
    </message>
    <message>
        <source>{count} files with a warning</source>
        <translation>{count} 个文件有警告</translation>
    </message>
    <message>
        <source>{count} file needs a login</source>
        <translation>{count} 个文件需要登录</translation>
    </message>
    <message>
        <source>{count} files need a login</source>
        <translation>{count} 个文件需要登录</translation>
    </message>
    <message>
        <source>{count} file is not given out</source>
        <translation>{count} 个文件不提供下载</translation>
    </message>
    <message>
        <source>{count} files are not given out</source>
        <translation>{count} 个文件不提供下载</translation>
    </message>
    <message>
        <source>{count} file is a program or script</source>
        <translation>{count} 个文件是程序或脚本</translation>
    </message>
    <message>
        <source>{count} files are programs or scripts</source>
        <translation>{count} 个文件是程序或脚本</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>已就绪</translation>
    </message>
    <message>
        <source>Already here</source>
        <translation>已在本机</translation>
    </message>
    <message>
        <source>On its way</source>
        <translation>已在队列中</translation>
    </message>
    <message>
        <source>No checksum</source>
        <translation>无校验和</translation>
    </message>
    <message>
        <source>Pickle</source>
        <translation>Pickle 格式</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Needs a login</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>Not given out</source>
        <translation>不提供下载</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Download {count} file from “{title}”</source>
        <translation>从“{title}”下载 {count} 个文件</translation>
    </message>
    <message>
        <source>Download {count} files from “{title}”</source>
        <translation>从“{title}”下载 {count} 个文件</translation>
    </message>
    <message>
        <source>Download {count} files from {collections} collections</source>
        <translation>从 {collections} 个合集下载 {count} 个文件</translation>
    </message>
    <message>
        <source>{bytes} to {folder} · {free} free</source>
        <translation>{bytes} 到 {folder} · 剩余 {free}</translation>
    </message>
    <message>
        <source>{bytes} to {folder} · only {free} free</source>
        <translation>{bytes} 到 {folder} · 仅剩 {free}</translation>
    </message>
    <message>
        <source>about {time} at the last speed</source>
        <translation>按最近的速度约需 {time}</translation>
    </message>
    <message>
        <source>Download 1 file</source>
        <translation>下载 1 个文件</translation>
    </message>
    <message>
        <source>Download {count} files</source>
        <translation>下载 {count} 个文件</translation>
    </message>
    <message>
        <source>Show the file</source>
        <translation>显示该文件</translation>
    </message>
    <message>
        <source>Show all {count} files</source>
        <translation>显示全部 {count} 个文件</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>1 problem while listing</source>
        <translation>读取列表时有 1 个问题</translation>
    </message>
    <message>
        <source>{count} problems while listing</source>
        <translation>读取列表时有 {count} 个问题</translation>
    </message>
    <message>
        <source>checksum known, enough space</source>
        <translation>校验和已知，空间充足</translation>
    </message>
    <message>
        <source>checksum known</source>
        <translation>校验和已知</translation>
    </message>
    <message>
        <source>checked at their place, nothing is downloaded</source>
        <translation>就地校验，无需下载</translation>
    </message>
    <message>
        <source>left as they are</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>will be marked “not verifiable”</source>
        <translation>将标记为“无法验证”</translation>
    </message>
    <message>
        <source>can run code when loaded; there is a .safetensors of it</source>
        <translation>加载时可能运行代码；另有 .safetensors 版本</translation>
    </message>
    <message>
        <source>can run code when loaded</source>
        <translation>加载时可能运行代码</translation>
    </message>
    <message>
        <source>never downloaded</source>
        <translation>从不下载</translation>
    </message>
    <message>
        <source>Library:</source>
        <translation>模型库：</translation>
    </message>
    <message>
        <source>Library that the files go to</source>
        <translation>文件存入的模型库</translation>
    </message>
    <message>
        <source>{folder} · cannot be reached</source>
        <translation>{folder} · 无法访问</translation>
    </message>
    <message>
        <source>{folder} · {free} free</source>
        <translation>{folder} · 可用 {free}</translation>
    </message>
</context>
<context>
    <name>Planning</name>
    <message>
        <source>This link names nothing that can be shown.</source>
        <translation>这个链接没有指向任何可以显示的内容。</translation>
    </message>
</context>
<context>
    <name>Quarantine</name>
    <message>
        <source>{count} file has no other address.</source>
        <translation>{count} 个文件没有其他地址。</translation>
    </message>
    <message>
        <source>{count} files have no other address.</source>
        <translation>{count} 个文件没有其他地址。</translation>
    </message>
    <message>
        <source>Use {count} file although its bytes are not what was promised?</source>
        <translation>{count} 个文件的内容与承诺不符，仍要使用吗？</translation>
    </message>
    <message>
        <source>Use {count} files although their bytes are not what was promised?</source>
        <translation>{count} 个文件的内容与承诺不符，仍要使用吗？</translation>
    </message>
    <message>
        <source>They may be damaged, or something else than they say. They are shown as not verifiable from now on.</source>
        <translation>它们可能已损坏，或并非其名称所示的内容。此后会显示为无法校验。</translation>
    </message>
    <message>
        <source>Use all the same</source>
        <translation>仍然使用</translation>
    </message>
    <message>
        <source>Throw away {count} file, {bytes}?</source>
        <translation>丢弃 {count} 个文件（{bytes}）？</translation>
    </message>
    <message>
        <source>Throw away {count} files, {bytes}?</source>
        <translation>丢弃 {count} 个文件（{bytes}）？</translation>
    </message>
    <message>
        <source>This cannot be undone. What they belong to is missing then.</source>
        <translation>此操作无法撤销。之后所属项目会变为缺失。</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>{bytes} freed.</source>
        <translation>已释放 {bytes}。</translation>
    </message>
</context>
<context>
    <name>QuarantineDialog</name>
    <message>
        <source>Quarantine</source>
        <translation>隔离区</translation>
    </message>
    <message>
        <source>Files that are not what was promised</source>
        <translation>与承诺不符的文件</translation>
    </message>
    <message>
        <source>Files in quarantine</source>
        <translation>隔离区中的文件</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try another address</source>
        <translation>尝试其他地址</translation>
    </message>
    <message>
        <source>Keep all the same…</source>
        <translation>仍然保留…</translation>
    </message>
    <message>
        <source>Empty…</source>
        <translation>清空…</translation>
    </message>
    <message>
        <source>Throw away everything that lies here</source>
        <translation>丢弃这里的所有文件</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Nothing is in quarantine.</source>
        <translation>隔离区是空的。</translation>
    </message>
    <message>
        <source>{count} file takes {bytes}. It stays until you decide.</source>
        <translation>{count} 个文件占用 {bytes}。在您决定之前会一直保留。</translation>
    </message>
    <message>
        <source>{count} files take {bytes}. They stay until you decide.</source>
        <translation>{count} 个文件占用 {bytes}。在您决定之前会一直保留。</translation>
    </message>
    <message>
        <source>{count} files selected.</source>
        <translation>已选择 {count} 个文件。</translation>
    </message>
</context>
<context>
    <name>RateDialog</name>
    <message>
        <source>Limit speed</source>
        <translation>限速</translation>
    </message>
    <message>
        <source>Limit {count} file to</source>
        <translation>将 {count} 个文件的速度限制为</translation>
    </message>
    <message>
        <source>Limit each of {count} files to</source>
        <translation>将 {count} 个文件各自的速度限制为</translation>
    </message>
    <message>
        <source>It holds from now on, also after a restart. The limit for everything holds too.</source>
        <translation>从现在起生效，重新启动后仍然有效。总速度限制同样有效。</translation>
    </message>
    <message>
        <source>Speed limit</source>
        <translation>速度限制</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限制</translation>
    </message>
</context>
<context>
    <name>RateMenu</name>
    <message>
        <source>no limit</source>
        <translation>不限速</translation>
    </message>
    <message>
        <source>at most {speed}</source>
        <translation>最高 {speed}</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>其他…</translation>
    </message>
</context>
<context>
    <name>Remedies</name>
    <message>
        <source>stabilitydl cannot log in to {hub}; its page may tell how to get this file.</source>
        <translation>stabilitydl 无法登录 {hub}；文件页面上可能有获取方法的说明。</translation>
    </message>
    <message>
        <source>stabilitydl cannot log in to {hub}. Open {address} to see how to get this file.</source>
        <translation>stabilitydl 无法登录 {hub}。请打开 {address}，了解如何获取此文件。</translation>
    </message>
    <message>
        <source>There is no page to open.</source>
        <translation>没有可打开的页面。</translation>
    </message>
    <message>
        <source>The browser cannot be opened; the page is {address}.</source>
        <translation>无法打开浏览器，页面地址是 {address}。</translation>
    </message>
    <message>
        <source>There is no folder to open.</source>
        <translation>没有可打开的文件夹。</translation>
    </message>
    <message>
        <source>The folder cannot be opened.</source>
        <translation>无法打开文件夹。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>Log in to the hub, then try again.</source>
        <translation>请登录平台后重试。</translation>
    </message>
    <message>
        <source>Wait; it goes on by itself.</source>
        <translation>请稍候，会自动继续。</translation>
    </message>
    <message>
        <source>Free some space, then try again.</source>
        <translation>请释放一些空间后重试。</translation>
    </message>
    <message>
        <source>Open the page of the file to see what it asks for.</source>
        <translation>请打开文件页面查看所需的操作。</translation>
    </message>
    <message>
        <source>Choose another file of the collection.</source>
        <translation>请选择合集中的其他文件。</translation>
    </message>
    <message>
        <source>Correct what was typed.</source>
        <translation>请更正输入的内容。</translation>
    </message>
    <message>
        <source>Connect the drive again.</source>
        <translation>请重新连接驱动器。</translation>
    </message>
    <message>
        <source>Check the network settings.</source>
        <translation>请检查网络设置。</translation>
    </message>
    <message>
        <source>Choose another folder, or change its permissions.</source>
        <translation>请选择其他文件夹，或更改其权限。</translation>
    </message>
    <message>
        <source>Please report this.</source>
        <translation>请报告此问题。</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Report a problem</source>
        <translation>报告问题</translation>
    </message>
    <message>
        <source>Copy this into your report. Read it first; nothing is sent by itself.</source>
        <translation>请将以下内容复制到您的报告中。请先阅读；不会自动发送任何内容。</translation>
    </message>
    <message>
        <source>Text of the report</source>
        <translation>报告内容</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ResourceCommands</name>
    <message>
        <source>{count} download cancelled.</source>
        <translation>已取消 {count} 个下载。</translation>
    </message>
    <message>
        <source>{count} downloads cancelled.</source>
        <translation>已取消 {count} 个下载。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Remove {count} file?</source>
        <translation>移除 {count} 个文件？</translation>
    </message>
    <message>
        <source>Remove {count} files?</source>
        <translation>移除 {count} 个文件？</translation>
    </message>
    <message>
        <source>{bytes} that have come of unfinished files are thrown away.</source>
        <translation>未完成的文件已下载的 {bytes} 将被丢弃。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>{count} file taken off the list.</source>
        <translation>已从列表中移除 {count} 个文件。</translation>
    </message>
    <message>
        <source>{count} files taken off the list.</source>
        <translation>已从列表中移除 {count} 个文件。</translation>
    </message>
    <message>
        <source>Reading {count} file back…</source>
        <translation>正在读回 {count} 个文件…</translation>
    </message>
    <message>
        <source>Reading {count} files back…</source>
        <translation>正在读回 {count} 个文件…</translation>
    </message>
    <message>
        <source>Nothing is damaged.</source>
        <translation>没有文件损坏。</translation>
    </message>
    <message>
        <source>{count} damaged file is brought again.</source>
        <translation>{count} 个损坏的文件正在重新获取。</translation>
    </message>
    <message>
        <source>{count} damaged files are brought again.</source>
        <translation>{count} 个损坏的文件正在重新获取。</translation>
    </message>
</context>
<context>
    <name>ResourcePane</name>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Show as a list</source>
        <translation>以列表显示</translation>
    </message>
    <message>
        <source>Show as pictures</source>
        <translation>以图片显示</translation>
    </message>
    <message>
        <source>Paste the address of a model page</source>
        <translation>粘贴模型页面的地址</translation>
    </message>
    <message>
        <source>or drop a link or a list file here. You choose what to download next.</source>
        <translation>或将链接、列表文件拖放到此处。接下来由您选择要下载的内容。</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Try it with the demo pack</source>
        <translation>用演示合集试一试</translation>
    </message>
    <message>
        <source>Nothing matches the filter</source>
        <translation>没有符合筛选条件的文件</translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Everything is here</source>
        <translation>全部文件都已在本机</translation>
    </message>
    <message>
        <source>Nothing is missing</source>
        <translation>没有缺少的文件</translation>
    </message>
    <message>
        <source>Nothing is on its way</source>
        <translation>没有正在下载的文件</translation>
    </message>
    <message>
        <source>Nothing is downloaded yet</source>
        <translation>还没有下载任何文件</translation>
    </message>
    <message>
        <source>Nothing has failed</source>
        <translation>没有失败的文件</translation>
    </message>
    <message>
        <source>This collection has no files</source>
        <translation>此合集没有文件</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Try another address</source>
        <translation>尝试其他地址</translation>
    </message>
    <message>
        <source>Keep all the same…</source>
        <translation>仍然保留…</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开网页</translation>
    </message>
    <message>
        <source>Start earlier</source>
        <translation>提前开始</translation>
    </message>
    <message>
        <source>Start later</source>
        <translation>推后开始</translation>
    </message>
    <message>
        <source>Limit speed</source>
        <translation>限速</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Move the files to the trash</source>
        <translation>将文件移到回收站</translation>
    </message>
    <message>
        <source>Select all missing</source>
        <translation>选择所有缺少的</translation>
    </message>
    <message>
        <source>Select all failed</source>
        <translation>选择所有失败的</translation>
    </message>
    <message>
        <source>Select all shown</source>
        <translation>选择所有显示的</translation>
    </message>
    <message>
        <source>{title} ({count})</source>
        <translation>{title}（{count}）</translation>
    </message>
</context>
<context>
    <name>ResourceTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Selected</source>
        <translation>已选择</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Superseded</source>
        <translation>已被取代</translation>
    </message>
    <message>
        <source>The hub has something newer in its place, or does not list it any more.</source>
        <translation>网站上已有更新的文件取代它，或不再列出它。</translation>
    </message>
    <message>
        <source>Not selected</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>The hub does not say how large it is</source>
        <translation>平台没有说明其大小</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
</context>
<context>
    <name>ResourceView</name>
    <message>
        <source>Files of the collection</source>
        <translation>合集的文件</translation>
    </message>
</context>
<context>
    <name>Revival</name>
    <message>
        <source>A fault has stopped the downloads. They were started again and go on.</source>
        <translation>下载因故障中断，现已重新启动并继续。</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>A fault has stopped the downloads. What has come is kept.</source>
        <translation>下载因故障中断。已收到的内容会保留。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Library folders</source>
        <translation>模型库文件夹</translation>
    </message>
    <message>
        <source>Where models are kept. The first one is taken unless you choose another; without any it is the default folder.</source>
        <translation>存放模型的位置。除非另行选择，否则使用第一个；一个都没有时使用默认文件夹。</translation>
    </message>
    <message>
        <source>Files at once</source>
        <translation>同时下载的文件</translation>
    </message>
    <message>
        <source>How many files are downloaded at the same time</source>
        <translation>同时下载多少个文件</translation>
    </message>
    <message>
        <source>Order of the files</source>
        <translation>文件的顺序</translation>
    </message>
    <message>
        <source>Which of the waiting files starts next. Files that were told to start earlier always do.</source>
        <translation>等待中的文件里下一个开始哪个。被设为提前开始的文件总是优先。</translation>
    </message>
    <message>
        <source>Connections per file</source>
        <translation>每个文件的连接数</translation>
    </message>
    <message>
        <source>How many connections one file may use</source>
        <translation>一个文件最多使用多少个连接</translation>
    </message>
    <message>
        <source>Speed limit</source>
        <translation>速度限制</translation>
    </message>
    <message>
        <source>For everything together; 0 means no limit</source>
        <translation>对所有下载合计；0 表示不限制</translation>
    </message>
    <message>
        <source>Connections per server</source>
        <translation>每个服务器的连接数</translation>
    </message>
    <message>
        <source>How many connections there may be to one server</source>
        <translation>到同一服务器最多有多少个连接</translation>
    </message>
    <message>
        <source>Connections to single servers</source>
        <translation>个别服务器的连接数</translation>
    </message>
    <message>
        <source>Instead of the number above, for a server and those below it, as civitai.com is above b2.civitai.com.</source>
        <translation>对某个服务器及其下级服务器（例如 b2.civitai.com 属于 civitai.com）使用这里的数值，而不是上面的数值。</translation>
    </message>
    <message>
        <source>Limits of single servers</source>
        <translation>单个服务器的速度限制</translation>
    </message>
    <message>
        <source>For what comes from a server, from those below it, and from where they send us, all together.</source>
        <translation>对来自该服务器、其下级服务器以及由它们转到的地址的全部数据一并生效。</translation>
    </message>
    <message>
        <source>Connections in all</source>
        <translation>连接总数</translation>
    </message>
    <message>
        <source>How many connections there may be to all servers together</source>
        <translation>到所有服务器合计最多有多少个连接</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>What servers are reached through, as http://host:port or socks5://host:port. Servers that NO_PROXY names are asked directly.</source>
        <translation>通过它访问服务器，写作 http://host:port 或 socks5://host:port。NO_PROXY 中列出的服务器会直接访问。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours of the window</source>
        <translation>窗口的颜色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the window; empty means that of the system</source>
        <translation>窗口的语言；留空表示跟随系统</translation>
    </message>
    <message>
        <source>Close to the tray</source>
        <translation>关闭到托盘</translation>
    </message>
    <message>
        <source>Closing the window keeps the downloads running in the tray</source>
        <translation>关闭窗口后，下载在托盘中继续进行</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Tell when downloads are done or need attention</source>
        <translation>下载完成或需要处理时发出通知</translation>
    </message>
    <message>
        <source>Watch the clipboard</source>
        <translation>监视剪贴板</translation>
    </message>
    <message>
        <source>Offer to add an address that is copied; nothing starts by itself</source>
        <translation>复制地址时提示添加；不会自动开始下载</translation>
    </message>
    <message>
        <source>Keep awake</source>
        <translation>保持唤醒</translation>
    </message>
    <message>
        <source>Keep the computer awake while files download</source>
        <translation>下载文件时不让计算机进入睡眠</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>As they were queued</source>
        <translation>按加入队列的顺序</translation>
    </message>
    <message>
        <source>Small ones first</source>
        <translation>小文件优先</translation>
    </message>
    <message>
        <source>Nearly done ones first</source>
        <translation>快要完成的优先</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>This is no address of a proxy, such as http://host:port.</source>
        <translation>这不是代理地址，代理地址形如 http://host:port。</translation>
    </message>
    <message>
        <source>Only http, https and socks5 proxies can be used.</source>
        <translation>只能使用 http、https 和 socks5 代理。</translation>
    </message>
    <message>
        <source>Leave the name and password out: settings are not secret. The variables https_proxy and all_proxy may hold them.</source>
        <translation>请不要写用户名和密码：设置文件不保密。可以写在环境变量 https_proxy 和 all_proxy 中。</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限制</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Move line {number} up</source>
        <translation>上移第 {number} 行</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>“{folder}” is not a whole path.</source>
        <translation>“{folder}”不是完整的路径。</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation>代理地址</translation>
    </message>
    <message>
        <source>No proxy</source>
        <translation>不使用代理</translation>
    </message>
    <message>
        <source>This one:</source>
        <translation>使用这个：</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Server {number}</source>
        <translation>服务器 {number}</translation>
    </message>
    <message>
        <source>“{name}” is not the name of a server.</source>
        <translation>“{name}”不是服务器名称。</translation>
    </message>
    <message>
        <source>{name} is listed twice.</source>
        <translation>{name} 列出了两次。</translation>
    </message>
    <message>
        <source>Add a server</source>
        <translation>添加服务器</translation>
    </message>
    <message>
        <source>Remove line {number}</source>
        <translation>删除第 {number} 行</translation>
    </message>
    <message>
        <source>Do not open stabilitydl:// links any more</source>
        <translation>不再打开 stabilitydl:// 链接</translation>
    </message>
    <message>
        <source>Open stabilitydl:// links with this program</source>
        <translation>用本程序打开 stabilitydl:// 链接</translation>
    </message>
    <message>
        <source>The desktop goes on opening these links with another program</source>
        <translation>桌面仍用其他程序打开这些链接</translation>
    </message>
    <message>
        <source>✓ Links open this program</source>
        <translation>✓ 链接会打开本程序</translation>
    </message>
    <message>
        <source>A link on a web page shows its plan here; nothing starts by itself</source>
        <translation>网页上的链接会在这里显示计划；不会自动开始下载</translation>
    </message>
</context>
<context>
    <name>StateCell</name>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Free space…</source>
        <translation>释放空间…</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Network…</source>
        <translation>网络…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>Asking {hub} for the file</source>
        <translation>正在向 {hub} 请求文件</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Queued · starts next</source>
        <translation>排队中 · 下一个开始</translation>
    </message>
    <message>
        <source>Queued · starts after 1 other</source>
        <translation>排队中 · 前面还有 1 个</translation>
    </message>
    <message>
        <source>Queued · starts after {count} others</source>
        <translation>排队中 · 前面还有 {count} 个</translation>
    </message>
    <message>
        <source>trying again</source>
        <translation>正在重试</translation>
    </message>
    <message>
        <source>{received} so far</source>
        <translation>已下载 {received}</translation>
    </message>
    <message>
        <source>{percent} % · {received} of {size}</source>
        <translation>{percent}% · 已下载 {received} / {size}</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>Checking · {algorithm}</source>
        <translation>正在校验 · {algorithm}</translation>
    </message>
    <message>
        <source>Downloaded · verified</source>
        <translation>已下载 · 已验证</translation>
    </message>
    <message>
        <source>Downloaded · weak check</source>
        <translation>已下载 · 弱校验</translation>
    </message>
    <message>
        <source>Downloaded · not verifiable</source>
        <translation>已下载 · 无法验证</translation>
    </message>
    <message>
        <source>Downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Paused at {received}</source>
        <translation>已暂停于 {received}</translation>
    </message>
    <message>
        <source>Paused at {percent} %</source>
        <translation>已暂停于 {percent}%</translation>
    </message>
    <message>
        <source>Drive does not answer</source>
        <translation>驱动器没有响应</translation>
    </message>
    <message>
        <source>{host} asks to wait</source>
        <translation>{host} 要求等待</translation>
    </message>
    <message>
        <source>{host} asks to wait: {time}</source>
        <translation>{host} 要求等待：{time}</translation>
    </message>
    <message>
        <source>Server asks to wait</source>
        <translation>服务器要求等待</translation>
    </message>
    <message>
        <source>Server asks to wait {time}</source>
        <translation>服务器要求等待 {time}</translation>
    </message>
    <message>
        <source>No network</source>
        <translation>没有网络</translation>
    </message>
    <message>
        <source>No network · next try in {time}</source>
        <translation>没有网络 · {time}后重试</translation>
    </message>
    <message>
        <source>No space left on the drive</source>
        <translation>驱动器空间已满</translation>
    </message>
    <message>
        <source>Drive is not connected</source>
        <translation>驱动器未连接</translation>
    </message>
    <message>
        <source>Needs a {hub} login</source>
        <translation>需要登录 {hub}</translation>
    </message>
    <message>
        <source>Waits for the same file of another collection</source>
        <translation>等待另一合集中的同一文件</translation>
    </message>
    <message>
        <source>Another program is downloading it</source>
        <translation>另一个程序正在下载</translation>
    </message>
    <message>
        <source>The hub does not give this file</source>
        <translation>平台不提供此文件</translation>
    </message>
    <message>
        <source>No longer on the hub</source>
        <translation>平台上已不存在</translation>
    </message>
    <message>
        <source>{reason} · kept aside</source>
        <translation>{reason} · 已隔离</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>有误</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>hub</source>
        <translation>平台</translation>
    </message>
</context>
<context>
    <name>TabBar</name>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>{title}, {count} files</source>
        <translation>{title}，{count} 个文件</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Copy the address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>Toolbar</name>
    <message>
        <source>Resume all</source>
        <translation>全部继续</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add model pages or files</source>
        <translation>添加模型页面或文件</translation>
    </message>
    <message>
        <source>Paste an address anywhere, or search</source>
        <translation>可在任意处粘贴地址，或在此搜索</translation>
    </message>
    <message>
        <source>Address or search</source>
        <translation>地址或搜索</translation>
    </message>
    <message>
        <source>Enter shows what an address holds</source>
        <translation>按回车查看地址中的内容</translation>
    </message>
    <message>
        <source>Download speed</source>
        <translation>下载速度</translation>
    </message>
    <message>
        <source>Speed limit</source>
        <translation>速度限制</translation>
    </message>
    <message>
        <source>Settings and more</source>
        <translation>设置及更多</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Activity panel</source>
        <translation>活动面板</translation>
    </message>
    <message>
        <source>About stabilitydl</source>
        <translation>关于 stabilitydl</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>{count} file is here, {bytes}.</source>
        <translation>{count} 个文件已下载，{bytes}。</translation>
    </message>
    <message>
        <source>{count} files are here, {bytes}.</source>
        <translation>{count} 个文件已下载，{bytes}。</translation>
    </message>
    <message>
        <source>{count} file needs attention.</source>
        <translation>{count} 个文件需要处理。</translation>
    </message>
    <message>
        <source>{count} files need attention.</source>
        <translation>{count} 个文件需要处理。</translation>
    </message>
    <message>
        <source>Show the window</source>
        <translation>显示窗口</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>全部继续</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>{here} of {all} files, {speed}</source>
        <translation>{here} / {all} 个文件，{speed}</translation>
    </message>
</context>
</TS>
