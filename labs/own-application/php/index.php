<?php
// Keeps items in the database: PUT /items/ID, GET /items/ID. PHP's own HTTP server and PDO, nothing else.

function answer(int $status, string $text): void
{
    http_response_code($status);
    header('Content-Type: ' . (str_starts_with($text, '{') ? 'application/json' : 'text/plain; charset=utf-8'));
    header('Content-Length: ' . strlen($text));
    echo $text;
}

// A database without power says nothing at all: a second is the least that PHP can wait, here and below.
ini_set('mysqlnd.net_read_timeout', '1');

function database(): PDO
{
    $place = sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('DATABASE_HOST'), getenv('DATABASE_PORT'), getenv('DATABASE_NAME'));
    $database = new PDO($place, getenv('DATABASE_USER'), trim(file_get_contents(getenv('DATABASE_PASSWORD_FILE'))), [
        PDO::MYSQL_ATTR_SSL_CA => getenv('DATABASE_CA'),
        PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
        PDO::ATTR_TIMEOUT => 1,
        PDO::ATTR_PERSISTENT => true,
    ]);
    $database->exec('CREATE TABLE IF NOT EXISTS items (id VARCHAR(64) PRIMARY KEY, body TEXT NOT NULL)');
    return $database;
}

function query(string $sql, string ...$values): array
{
    $statement = database()->prepare($sql);
    $statement->execute($values);
    return $statement->columnCount() === 0 ? [] : $statement->fetchAll(PDO::FETCH_NUM);
}

function item(string $id): void
{
    if ($_SERVER['REQUEST_METHOD'] === 'PUT') {
        $body = file_get_contents('php://input', false, null, 0, 16 * 1024);
        query('REPLACE INTO items (id, body) VALUES (?, ?)', $id, $body);
        answer(200, $body);
        return;
    }
    $rows = query('SELECT body FROM items WHERE id = ?', $id);
    $rows ? answer(200, $rows[0][0]) : answer(404, "there is no such item\n");
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
try {
    if ($path === '/') {
        answer(200, "items live at /items/ID\n");
    } elseif ($path === '/health') {
        query('SELECT 1');
        answer(200, "well\n");
    } elseif (preg_match('#^/items/([\w.:-]{1,64})$#', $path, $match)) {
        item($match[1]);
    } else {
        answer(404, "there is nothing here\n");
    }
} catch (PDOException $error) {
    error_log($error->getMessage());
    answer(503, "the database can't be reached\n");
}
