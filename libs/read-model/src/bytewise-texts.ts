import {
  ColumnDefinitionNode,
  DataTypeNode,
  OperationNodeTransformer,
  RawNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/**
 * On PostgreSQL every text column of a new table compares by bytes, as on SQLite: pages are cut by
 * ids and instants, and must not depend on the language of the server.
 */
export class BytewiseTexts implements KyselyPlugin {
  private readonly columns = new TextColumns();

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node.kind === 'CreateTableNode' ? this.columns.transformNode(node) : node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

class TextColumns extends OperationNodeTransformer {
  protected override transformColumnDefinition(node: ColumnDefinitionNode): ColumnDefinitionNode {
    const { dataType } = node;
    if (!DataTypeNode.is(dataType) || dataType.dataType !== 'text') return node;
    return { ...node, dataType: RawNode.createWithSql('text collate "C"') };
  }
}
